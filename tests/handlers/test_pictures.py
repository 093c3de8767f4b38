"""Pictures and charts in a conversation: sent on demand, with their words."""

from __future__ import annotations

import io
import time
from dataclasses import replace
from decimal import Decimal

import pytest
from PIL import Image

from bot.chat.actions import Action
from bot.chat.messages import Message
from bot.store import Database
from bot.translating import translator
from handlers.limit_charts import LimitCharts
from handlers.limit_texts import CHART
from knowledge.drawing.chart import draw, ticks
from knowledge.drawing.lettering import missing
from knowledge.guidelines import LANDS, Guidelines
from knowledge.library import Library
from knowledge.model import LANGUAGES
from knowledge.pictures import Pictures
from knowledge.search.fuzzy import FuzzySearch
from knowledge.substances import Substances
from tests.clock import ManualClock
from tests.knowledge_sample import sample_collection
from tests.stage import Persona, Stage

GUIDELINES = Guidelines.load()
CHARTS = LimitCharts(GUIDELINES, Substances.load())


@pytest.fixture
def illustrated(database: Database, clock: ManualClock) -> Stage:
    """The sample, with a picture on one article."""
    sample = sample_collection()
    article = replace(sample.articles["soil-sampling"], picture="zigzag-spots")
    articles = {**sample.articles, article.id: article}
    return Stage(database, clock, Library(replace(sample, articles=articles), FuzzySearch.build))


def attached(persona: Persona) -> tuple[Message, Image.Image]:
    """The message with one picture in the last reply."""
    (message,) = persona.last
    assert isinstance(message, Message)
    (file,) = message.attachments
    assert file.media_type == "image/png"
    image = Image.open(io.BytesIO(file.data))
    image.load()
    return message, image


async def test_a_picture_comes_when_it_is_asked_for(illustrated: Stage) -> None:
    ana = illustrated.persona("Ana")
    await ana.says("how do I take a soil sample?")
    assert not [part for part in ana.last if isinstance(part, Message) and part.attachments]
    await ana.presses("Picture")
    message, image = attached(ana)
    picture = Pictures.load().by_name["zigzag-spots"]["en"]
    assert message.text == message.attachments[0].alt == picture.alt
    assert image.width == 1000
    assert not message.footer


async def test_an_article_without_a_picture_offers_none(illustrated: Stage) -> None:
    ana = illustrated.persona("Ana")
    await ana.says("what is the limit for lead?")
    assert "Picture" not in [button.label for button in ana.buttons]


async def test_an_arabic_reader_sees_the_arabic_picture(illustrated: Stage) -> None:
    amal = illustrated.persona("Amal", locale="ar")
    await amal.presses_action(Action("picture", "zigzag-spots"))
    message, _image = attached(amal)
    picture = Pictures.load().by_name["zigzag-spots"]["ar"]
    assert message.attachments[0].data == picture.read()
    assert message.direction == "rtl"
    assert message.title == picture.title
    assert message.footer


async def test_in_a_group_only_the_one_who_asked_sees_it(illustrated: Stage) -> None:
    ana = illustrated.persona("Ana", chat_id="group")
    await ana.presses_action(Action("picture", "zigzag-spots"))
    assert attached(ana)[0].is_ephemeral


@pytest.mark.parametrize("args", [("nowhere",), (), ("../zigzag-spots",), ("",)])
async def test_an_unknown_picture_is_refused_in_words(stage: Stage, args: tuple[str, ...]) -> None:
    ana = stage.persona("Ana")
    await ana.presses_action(Action("picture", *args))
    ana.sees("This picture is no longer here")


async def test_limits_have_a_chart_for_all_lands_and_for_one(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await ana.says("/limits lead 250 mg/kg")
    await ana.presses("Chart")
    message, _image = attached(ana)
    ana.sees("No value is world-wide")
    assert "Yours: 250 mg/kg" in message.attachments[0].alt
    await ana.says("/limits lead 250 mg/kg")
    await ana.presses("Homes")
    await ana.presses("Chart")
    message, _image = attached(ana)
    assert "Germany: 400 mg/kg" in message.attachments[0].alt
    assert "Homes and gardens" in message.title


@pytest.mark.parametrize("args", [("lead",), ("lead", "x"), ("gold", "1"), ("lead", "NaN", "play")])
async def test_broken_chart_buttons_are_refused_in_words(
    stage: Stage, args: tuple[str, ...]
) -> None:
    ana = stage.persona("Ana")
    await ana.presses_action(Action(CHART, *args))
    ana.sees("This button no longer works")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_chart_holds_all_its_values_and_only_letters_of_the_fonts(language: str) -> None:
    drawn = 0
    for substance in sorted(GUIDELINES.substances):
        for land in (None, *LANDS):
            chart = CHARTS.chart(substance, Decimal("0.004"), land, translator(language))
            if chart is None:
                continue
            drawn += 1
            values = [point.value for row in chart.rows for point in row.points]
            assert chart.ticks[0].value <= min(values)
            assert chart.ticks[-1].value >= max(values)
            words = [chart.title, chart.unit, chart.note, chart.own_label, chart.filled_label]
            words += [chart.hollow_label, *(row.label + row.text for row in chart.rows)]
            for each in words:
                assert not missing(each), f"{each}: run `make fonts`"
    assert drawn > 100


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("content", [None, Decimal(0), Decimal(250), Decimal(1_000_000)])
def test_a_chart_is_drawn_in_time(language: str, content: Decimal | None) -> None:
    chart = CHARTS.chart("lead", content, None, translator(language))
    assert chart is not None
    draw.cache_clear()
    began = time.process_time()
    data = draw(chart)
    assert time.process_time() - began < 0.6, "0.15 s on an idle machine"
    assert len(data) <= 100_000


def test_the_own_content_and_the_status_show() -> None:
    with_own = CHARTS.chart("lead", Decimal(250), "homes", translator("en"))
    without = CHARTS.chart("lead", None, "homes", translator("en"))
    assert with_own is not None
    assert without is not None
    assert draw(with_own) != draw(without)
    hollow = replace(
        without,
        rows=tuple(
            replace(row, points=tuple(replace(each, is_in_force=False) for each in row.points))
            for row in without.rows
        ),
    )
    assert draw(hollow) != draw(without)
    assert draw(replace(with_own, is_right_to_left=True)) != draw(with_own)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["200", "300"], ["0", "50", "100", "150", "200", "250", "300"]),
        (["140", "1200"], ["100", "200", "500", "1000", "2000"]),
        (["0.68", "500"], ["0.1", "1", "10", "100", "1000"]),
        (["400", "400"], ["0", "100", "200", "300", "400"]),
    ],
)
def test_ticks_are_round_and_hold_the_values(values: list[str], expected: list[str]) -> None:
    found = ticks([Decimal(value) for value in values])
    assert found == tuple(Decimal(each) for each in expected)
