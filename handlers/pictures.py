"""Practice pictures, sent when somebody asks for one: data costs money."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.chat.events import ActionPressed
from bot.chat.markup import escape
from bot.chat.messages import Attachment, Message, Notice
from bot.chat.routes import Routes
from bot.chat.turn import Reply, Turn
from handlers.answers import PICTURE
from knowledge.pictures import Pictures


class PracticePictures:
    """The button "Picture" under an answer."""

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures

    def add_to(self, routes: Routes) -> None:
        """Register."""
        routes.add_action(PICTURE, self.show)

    async def show(self, turn: Turn) -> Reply:
        """The picture in the reader's language, with its alternative text as words."""
        assert isinstance(turn.event, ActionPressed)
        name = turn.event.action.args[0] if turn.event.action.args else ""
        picture = self._pictures.find(name, turn._.language)
        if picture is None:
            return Notice(text=turn._("This picture is no longer here. Please ask again."))
        turn.notes["picture"] = picture.name
        data = await asyncio.to_thread(picture.read)
        file = Attachment(
            name=f"{picture.name}.png", media_type="image/png", data=data, alt=picture.alt
        )
        message = Message(
            title=picture.title,
            text=escape(picture.alt),
            attachments=(file,),
            footer=""
            if picture.is_reviewed
            else turn._("Translated by machine; no native reader has checked it yet."),
            direction="rtl" if picture.language == "ar" else "ltr",
        )
        return replace(message, is_ephemeral=not turn.event.conversation.is_private)
