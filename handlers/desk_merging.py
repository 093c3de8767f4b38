"""Two questions of one asker become one; what is said in either goes on in the one that is left."""

from __future__ import annotations

from bot.chat.messages import Message
from bot.chat.turn import Translate, Turn
from bot.desk.staff import Staff
from bot.store import Store
from bot.store.questions import Question
from handlers.desk_moving import Moving


async def going_on(store: Store, question: Question) -> Question:
    """The question as which a joined one goes on, held; itself where it was joined with none."""
    seen = {question.number}
    while question.merged_into is not None and question.merged_into not in seen:
        into = await store.questions.hold(question.merged_into)
        if into is None:
            break
        seen.add(into.number)
        question = into
    return question


async def merge(turn: Turn, moving: Moving, staff: Staff, number: int, other: int) -> Message:
    """Join a question with the one numbered ``other``, or say why not; neither is held yet."""
    _ = turn._
    store: Store = turn.store
    question = into = None
    # First a look, for what was joined already is held in another order by ``going_on``; then
    # held in order, so that who joins the same two the other way round waits, and looked at again.
    for read in (store.questions.get, store.questions.hold):
        found = {each: await read(each) for each in sorted({number, other})}
        question, into = found[number], found[other]
        fault = _fault(question, into, _)
        if fault is not None:
            return Message(text=fault, is_ephemeral=True)
    assert question is not None
    assert into is not None
    await moving.merge(turn, question, into, staff)
    return Message(text=_("Joined with question {number}.", number=into.number))


def _fault(question: Question | None, into: Question | None, translate: Translate) -> str | None:
    _ = translate
    if question is None or question.state == "forgotten":
        return _("This button no longer works. Please ask again.")
    if question.merged_into is not None:
        return _("It goes on as question {number}.", number=question.merged_into)
    if into is None or into.number == question.number or not into.is_alive:
        return _("There is no open question with that number.")
    if question.is_confidential or into.is_confidential:
        # Whether both have the same asker would give the name away.
        return _("The asker wishes to stay unnamed.")
    if into.person_id != question.person_id:
        return _("These are of different people; what one wrote is not for the other.")
    return None
