"""First words: welcome, help, what the assistant is, and small talk."""

from __future__ import annotations

from bot.chat.actions import Action
from bot.chat.events import CommandInvoked, MemberJoined
from bot.chat.messages import Button, LinkButton, Message
from bot.chat.routes import CommandSpec, Routes
from bot.chat.turn import Handler, Reply, Turn
from bot.marking import N_
from bot.store import Store
from handlers import membership
from handlers.descriptions import Translators, in_all
from handlers.join_fields import RECEIVES
from handlers.menu import GO, menu

NETWORK_PAGE = "https://www.fao.org/global-soil-partnership/insop/en/"

SHORT_DESCRIPTION = N_("Answers on soil pollution with sources, from the INSOP network.")
DESCRIPTION = N_(
    "I am the assistant of INSOP, the International Network on Soil Pollution. Ask me about soil "
    "pollution and good practice in your own words. I answer from the network's knowledge base, "
    "with sources, and pass on to people what I do not know."
)
ASK_MENU = N_("Ask the assistant")


class Start:
    """``/start``, ``/help``, ``/about`` and the button for a new question."""

    def __init__(self, translators: Translators) -> None:
        self._translators = translators
        self.deep_links: dict[str, Handler] = {}
        """Pages that ``t.me/…?start=…`` leads to, by the payload up to its first ``_``."""

    def add_to(self, routes: Routes) -> None:
        """Register."""
        for name, description, handler in (
            ("start", N_("Begin"), self.start),
            ("help", N_("What I can do"), self.help),
            ("about", N_("About the network"), self.about),
        ):
            spec = CommandSpec(name=name, descriptions=in_all(self._translators, description))
            routes.add_command(spec, handler)

    async def start(self, turn: Turn) -> Reply:
        """Welcome, or the page of a deep link; a payload that means nothing is ignored."""
        if isinstance(turn.event, CommandInvoked):
            page = self.deep_links.get(turn.event.text.partition("_")[0])
            if page is not None:
                return await page(turn)
        _ = turn._
        news = ""
        if await _begin_news(turn):
            news = _(
                "From time to time I also pass on the network's news here. /stop ends that, and "
                "/subscribe lets you choose topics."
            )
        welcome = _(
            "Hello {name}. I am the assistant of **INSOP**, the International Network on Soil "
            "Pollution.\n\n"
            "Ask me about soil pollution in your own words, for example:\n"
            "- How do I take a soil sample?\n"
            "- Is it safe to grow vegetables in town?\n"
            "- How do I join the network?\n\n"
            "I answer from the network's knowledge base and name my sources. What I do not "
            "know, I pass on to a person.",
            name=turn.event.author.name,
        )
        return Message(
            text="\n\n".join(filter(None, (welcome, news))),
            rows=menu(_, without="about"),
        )

    async def joined(self, turn: Turn) -> Reply:
        """The assistant was let into a group: say once how to speak to it."""
        if not (isinstance(turn.event, MemberJoined) and turn.event.is_bot_itself):
            return None
        return Message(
            text=turn._(
                "Hello. I answer questions about soil pollution, with sources. In this group I "
                "speak only when spoken to: begin with /ask, mention me, or reply to me."
            ),
            rows=((Button(label=turn._("Join the network"), action=Action(GO, "join")),),),
        )

    async def help(self, turn: Turn) -> Reply:
        """What can be done here."""
        _ = turn._
        how = (
            _("Just write your question.")
            if turn.event.conversation.is_private
            else _("In a group, begin with /ask, mention me, or reply to one of my messages.")
        )
        return Message(
            title=_("What I can do"),
            text=_(
                "{how} One question at a time works best; name the pollutant, the crop or the "
                "place if you can.\n\n"
                "- /ask: ask about soil pollution or the network\n"
                "- /limits: published values for a substance in soil\n"
                "- /contact: put a question to the secretariat\n"
                "- /questions: your questions to people, and how they stand\n"
                "- /events: meetings of the network\n"
                "- /join: join the network\n"
                "- /me: your data as a member\n"
                "- /language: choose your language\n"
                "- /about: what INSOP is\n"
                "- /privacy: what I keep about you\n"
                "- /cancel: stop a form\n\n"
                "**In an emergency** (poisoning, a fresh spill, fumes) call your poison centre or "
                "emergency number first.",
                how=how,
            ),
            footer=_("/subscribe: get the network's news. /stop: end them."),
            rows=menu(_, without="help"),
        )

    async def about(self, turn: Turn) -> Reply:
        """What the network is, in a few lines."""
        _ = turn._
        return Message(
            title=_("About INSOP"),
            text=_(
                "INSOP is the International Network on Soil Pollution, a technical network of "
                "FAO's Global Soil Partnership. It was launched on 22 April 2022.\n\n"
                "Its aim is to stop soil pollution. It brings together people who assess, map, "
                "monitor, manage and clean up polluted soil, and those who want to prevent it: "
                "policy makers, scientists, NGOs, farmer associations and others.\n\n"
                "I am a program. I answer from a collection of articles with sources, and I say "
                "so when I do not know."
            ),
            rows=(
                (
                    Button(label=_("How to join"), action=Action("show", "how-to-join")),
                    LinkButton(label=_("The network's page"), url=NETWORK_PAGE),
                ),
                *menu(_, without="about"),
            ),
        )


async def _begin_news(turn: Turn) -> bool:
    """Whoever starts the assistant in a private chat on Telegram hears the network's news.

    True where that is new. Whoever chose before keeps the choice; Discord forbids such messages,
    and a terminal is not always there.
    """
    where = turn.event.conversation
    if not where.is_private or where.platform != "telegram":
        return False
    store: Store = turn.store
    if not await store.subscriptions.begin(where, turn._.language, turn.clock.now()):
        return False
    for topic in RECEIVES:
        await membership.consent(turn, topic, is_given=True)
    return True
