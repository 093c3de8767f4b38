"""Methods that send, edit, delete and answer."""

from __future__ import annotations

import json
from typing import Any

from tests.telegram.loopback.checks import check_markup, check_text
from tests.telegram.loopback.world import ChatState, World, bad_request

Parameters = dict[str, Any]
Files = dict[str, tuple[str, bytes]]

_TWO_DAYS = 48 * 3600
_UNCHANGED = (
    "message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)
_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


class MessageMethods:
    """Each public method is one of the Bot API, by its own name."""

    def __init__(self, world: World) -> None:
        self._world = world

    def sendMessage(self, given: Parameters, files: Files) -> dict[str, Any]:  # noqa: N802
        content = _text_content(given)
        return self._send(given, content)

    def sendPhoto(self, given: Parameters, files: Files) -> dict[str, Any]:  # noqa: N802
        handle, _ = self._known(given, "photo") or self._stored("photo", files)
        sizes = [{"file_id": handle, "file_unique_id": handle, "width": 1, "height": 1}]
        return self._send(given, {"photo": sizes, **_caption_content(given)})

    def sendDocument(self, given: Parameters, files: Files) -> dict[str, Any]:  # noqa: N802
        handle, name = self._known(given, "document") or self._stored("document", files)
        document = {"file_id": handle, "file_unique_id": handle, "file_name": name}
        return self._send(given, {"document": document, **_caption_content(given)})

    def sendMediaGroup(self, given: Parameters, files: Files) -> list[dict[str, Any]]:  # noqa: N802
        media = _decoded(given["media"])
        if not 2 <= len(media) <= 10:
            raise bad_request("wrong number of media in the album")
        sent = []
        for part in media:
            name = part["media"].removeprefix("attach://")
            kind = part["type"]
            handle, filename = self._stored(name, files)
            stored: Any = {"file_id": handle, "file_unique_id": handle, "file_name": filename}
            if kind == "photo":
                stored = [{**stored, "width": 1, "height": 1}]
            caption = _caption_content(part)
            group = {"media_group_id": f"album-{self._world.last_update}"}
            sent.append(self._send(given, {kind: stored, **group, **caption}))
        return sent

    def editMessageText(self, given: Parameters, files: Files) -> Any:  # noqa: N802
        content = _text_content(given)
        message = self._editable(given)
        if message is None:
            return self._edit_inline(given, content)
        if "text" not in message:
            raise bad_request("there is no text in the message to edit")
        return self._edit(message, content, ("text", "entities"))

    def editMessageCaption(self, given: Parameters, files: Files) -> Any:  # noqa: N802
        message = self._editable(given)
        if message is None or "text" in message:
            raise bad_request("there is no caption in the message to edit")
        return self._edit(message, _caption_content(given), ("caption", "caption_entities"))

    def editMessageReplyMarkup(self, given: Parameters, files: Files) -> Any:  # noqa: N802
        message = self._editable(given)
        if message is None:
            raise bad_request("MESSAGE_ID_INVALID")
        check_markup(_decoded(given.get("reply_markup")))
        return self._edit(message, {"reply_markup": _decoded(given.get("reply_markup"))}, ())

    def deleteMessage(self, given: Parameters, files: Files) -> bool:  # noqa: N802
        state = self._world.writable(int(given["chat_id"]))
        message = state.messages.get(int(given["message_id"]))
        if message is None:
            raise bad_request("message to delete not found")
        if self._world.now() - message["date"] > _TWO_DAYS:
            raise bad_request("message can't be deleted for everyone")
        del state.messages[message["message_id"]]
        return True

    def answerCallbackQuery(self, given: Parameters, files: Files) -> bool:  # noqa: N802
        query = str(given["callback_query_id"])
        if self._world.presses.get(query, {}) is not None:
            raise bad_request(_TOO_OLD)
        if len(str(given.get("text", ""))) > 200:
            raise bad_request("MESSAGE_TOO_LONG")
        self._world.presses[query] = given
        return True

    def answerInlineQuery(self, given: Parameters, files: Files) -> bool:  # noqa: N802
        query = str(given["inline_query_id"])
        if self._world.queries.get(query, {}) is not None:
            raise bad_request(_TOO_OLD)
        results = _decoded(given["results"])
        names = [result["id"] for result in results]
        if len(results) > 50 or len(set(names)) != len(names):
            raise bad_request("RESULT_ID_DUPLICATE" if len(results) <= 50 else "RESULTS_TOO_MUCH")
        for result in results:
            if not 1 <= len(result["id"].encode()) <= 64:
                raise bad_request("RESULT_ID_INVALID")
            posted = result["input_message_content"]
            check_text(posted["message_text"], posted.get("entities"), limit=4096)
            check_markup(result.get("reply_markup"))
        self._world.queries[query] = {**given, "results": results}
        return True

    def _send(self, given: Parameters, content: dict[str, Any]) -> dict[str, Any]:
        state = self._world.writable(_chat_id(given))
        thread = given.get("message_thread_id")
        if thread is not None:
            if int(thread) not in state.topics:
                raise bad_request("message thread not found")
            content = {**content, "message_thread_id": int(thread), "is_topic_message": True}
        replied = self._replied(state, _decoded(given.get("reply_parameters")))
        if replied is not None:
            content = {**content, "reply_to_message": replied}
        markup = _decoded(given.get("reply_markup"))
        check_markup(markup)
        if markup is not None:
            content = {**content, "reply_markup": markup}
        message = self._world.add_message(state, self._world.bot, content)
        self._world.show(state.chat["id"], message)
        return message

    def _replied(self, state: ChatState, wanted: Any) -> dict[str, Any] | None:
        if wanted is None:
            return None
        found = state.messages.get(int(wanted["message_id"]))
        if found is None and not wanted.get("allow_sending_without_reply"):
            raise bad_request("message to be replied not found")
        return found

    def _editable(self, given: Parameters) -> dict[str, Any] | None:
        if "inline_message_id" in given:
            return None
        state = self._world.writable(_chat_id(given))
        message = state.messages.get(int(given["message_id"]))
        if message is None:
            raise bad_request("message to edit not found")
        if message["from"]["id"] != self._world.bot["id"]:
            raise bad_request("message can't be edited")
        return message

    def _edit(
        self, message: dict[str, Any], content: dict[str, Any], replaced: tuple[str, ...]
    ) -> dict[str, Any]:
        names = (*replaced, "reply_markup")
        before = {name: message.get(name) for name in names}
        after = {name: content.get(name) for name in names}
        if before == after:
            raise bad_request(_UNCHANGED)
        for name in names:
            message.pop(name, None)
        message.update({name: value for name, value in content.items() if value is not None})
        message["edit_date"] = self._world.now()
        self._world.show(message["chat"]["id"], message)
        return message

    def _edit_inline(self, given: Parameters, content: dict[str, Any]) -> bool:
        posted = self._world.inline_messages.get(str(given["inline_message_id"]))
        if posted is None:
            raise bad_request("MESSAGE_ID_INVALID")
        posted.clear()
        posted.update(content)
        return True

    def _known(self, given: Parameters, name: str) -> tuple[str, str] | None:
        """A file that was sent before, by its name."""
        handle = given.get(name)
        if not isinstance(handle, str) or handle.startswith("attach://"):
            return None
        if handle not in self._world.files:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return handle, self._world.file_names[handle]

    def _stored(self, name: str, files: Files) -> tuple[str, str]:
        if name not in files:
            raise bad_request("there is no file in the request")
        filename, data = files[name]
        handle = f"file-{len(self._world.files) + 1}"
        self._world.files[handle] = data
        self._world.file_names[handle] = filename
        return handle, filename


def _chat_id(given: Parameters) -> int:
    try:
        return int(given["chat_id"])
    except (KeyError, ValueError):
        raise bad_request("chat_id is empty") from None


def _decoded(value: Any) -> Any:
    """Multipart requests carry JSON text where others carry objects."""
    return json.loads(value) if isinstance(value, str) else value


def _text_content(given: Parameters) -> dict[str, Any]:
    entities = _decoded(given.get("entities"))
    check_text(given.get("text"), entities, limit=4096)
    markup = _decoded(given.get("reply_markup"))
    check_markup(markup)
    content = {"text": given["text"].strip(), "entities": entities, "reply_markup": markup}
    return {name: value for name, value in content.items() if value}


def _caption_content(given: Parameters) -> dict[str, Any]:
    entities = _decoded(given.get("caption_entities"))
    if given.get("caption") is None:
        return {}
    check_text(given["caption"], entities, limit=1024, is_caption=True)
    markup = _decoded(given.get("reply_markup"))
    check_markup(markup)
    content = {"caption": given["caption"], "caption_entities": entities, "reply_markup": markup}
    return {name: value for name, value in content.items() if value}
