"""What a job asks of its platform: to send, edit, delete or publish, within a time."""

from __future__ import annotations

import asyncio

import structlog

from bot.chat.errors import Ambiguous, DeliveryError, FilesAway, Undeliverable
from bot.chat.messages import SentMessage
from bot.chat.ports import Adapter, Carry, Publisher
from bot.delivery.backlog import Job
from bot.delivery.carrying import without_files
from bot.delivery.nonces import nonce_of
from bot.delivery.policy import SenderPolicy

log = structlog.get_logger(__name__)


class Requests:
    """``carry`` takes a message's files from one platform to another."""

    def __init__(self, *, adapter: Adapter, carry: Carry | None, policy: SenderPolicy) -> None:
        self._adapter = adapter
        self._carry = carry
        self._policy = policy

    async def make(self, job: Job) -> SentMessage | None:
        """What was sent, None for a change of it; raises ``DeliveryError`` and nothing else."""
        row = job.row
        try:
            async with asyncio.timeout(self._policy.request_timeout * job.cost):
                if row.kind == "send":
                    return await self._send(job)
                await self._change(job)
                return None
        except TimeoutError as error:
            raise Ambiguous("no answer in time") from error
        except DeliveryError:
            raise
        except Exception as error:
            # A fault in an adapter must not end the sender; nobody knows what has left.
            log.exception("adapter_failed", platform=row.to.platform, row=row.id)
            raise Ambiguous("the adapter failed") from error

    async def _send(self, job: Job) -> SentMessage:
        row, message = job.row, job.message
        if not message.files:
            return await self._adapter.send(row.to, message, nonce=nonce_of(row))
        try:
            carried = message if self._carry is None else await self._carry(row.to, message)
        except FilesAway:
            if job.attempts < self._policy.max_attempts:
                raise
            # The other platform has been away for minutes; the words wait no longer.
            carried = without_files(message)
        try:
            return await self._adapter.send(row.to, carried, nonce=nonce_of(row))
        except Undeliverable:
            if not carried.files and not carried.attachments:
                raise
            # Where it was a file that is refused, the words arrive without it.
            log.warning("files_refused", platform=row.to.platform, row=row.id)
            return await self._adapter.send(row.to, without_files(message), nonce=nonce_of(row))

    async def _change(self, job: Job) -> None:
        row = job.row
        if row.kind == "edit":
            await self._adapter.edit(row.to, row.message_id or "", job.message)
        elif row.kind == "delete":
            await self._delete(job)
        elif isinstance(self._adapter, Publisher):
            await self._adapter.publish(row.to, row.message_id or "")
        else:
            raise Undeliverable("nothing can be published here")

    async def _delete(self, job: Job) -> None:
        row = job.row
        for part in row.parts:
            await self._adapter.delete(row.to, part)
        note = job.message if job.message.text else None
        await self._adapter.delete(row.to, row.message_id or "", instead=note)
