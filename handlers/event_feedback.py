"""The one question after an event: was it useful?"""

from __future__ import annotations

from typing import Final

from bot.chat.actions import Action
from bot.chat.events import ActionPressed
from bot.chat.messages import Button, Notice, Row
from bot.chat.routes import Routes
from bot.chat.turn import Reply, Translate, Turn
from bot.store import Store

ACTION: Final = "eventvote"
VOTES: Final = {"yes": 1, "no": -1}


class EventFeedback:
    """One answer a person; the last press counts. Only who had answered is asked."""

    def add_to(self, routes: Routes) -> None:
        """Register."""
        routes.add_action(ACTION, self.pressed)

    async def pressed(self, turn: Turn) -> Reply:
        """Yes or no."""
        assert isinstance(turn.event, ActionPressed)
        store: Store = turn.store
        match turn.event.action.args:
            case (number, vote) if number.isdecimal() and len(number) <= 18 and vote in VOTES:
                answer = await store.attendance.get(int(number), turn.member.id)
                if answer is None:
                    return Notice(text=turn._("This question is for those who came."))
                await store.attendance.vote(
                    int(number), turn.member.id, VOTES[vote], turn.clock.now()
                )
                turn.notes["vote"] = vote
                return Notice(text=turn._("Thank you. The organisers see only the numbers."))
        return Notice(text=turn._("This button no longer works. Please ask again."))


def question_row(occurrence_id: int, _: Translate) -> Row:
    """The buttons under the thanks."""
    number = str(occurrence_id)
    return (
        Button(label=_("👍 It was useful"), action=Action(ACTION, number, "yes")),
        Button(label=_("👎 Not for me"), action=Action(ACTION, number, "no")),
    )
