"""Names, numbers and places come out of questions; contents and countries stay."""

from __future__ import annotations

from dataclasses import replace

import pytest

from knowledge.anonymous import GAP, scrub
from knowledge.gaps import Unanswered, Vocabulary, largest_gaps, plain_words
from tests.knowledge_sample import article, sample_collection

KNOWN = frozenset({"cabbage", "lead", "is"})


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("my mail is ana.w+soil@example.org, thanks", "ana.w"),
        ("call me on +254 712 345 678", "712"),
        ("call me on 0712-345678", "0712"),
        ("see https://example.org/well?id=7", "example"),
        ("ask @ana_wanjiru", "ana_"),
        ("the spill is at -1.28333, 36.81667", "36.8"),
        ("we live in Kiambu near the dump", "Kiambu"),
        ("is the soil at 12 Mill Lane safe", "Mill"),
        ("j'habite rue des Tanneurs", "des"),
        ("my name is ana wanjiru and I farm", "wanjiru"),
        ("меня зовут Иван Петров", "Петров"),
        ("село Ивановка, рядом завод", "Ивановка"),
        ("我叫王小明,有问题", "王小明"),
        ("住在石家庄市附近", "石家庄"),
        ("أنا من قرية الزهراء وأسأل", "الزهراء"),
        ("says Wanjiru's neighbour", "Wanjiru"),
    ],
)
def test_what_names_somebody_goes(text: str, gone: str) -> None:
    assert gone not in scrub(text, known=KNOWN)
    assert GAP in scrub(text, known=KNOWN)


@pytest.mark.parametrize(
    "text",
    [
        "Is lead 120 mg/kg too much in Kenya?",
        "lead 1 200 mg/kg, arsenic 35.5 ppm",
        "PFAS and DDT in South Africa",
        "Is Cabbage safe? Lead is in it. I'm afraid",
        "镉超标的土壤怎么办",
        "城市土壤污染和农村土壤污染",
        "هل الرصاص خطير في مصر؟",
        "Можно ли есть картошку в России?",
    ],
)
def test_what_names_nobody_stays(text: str) -> None:
    assert scrub(text, known=KNOWN) == text


def test_given_names_go_in_any_capitals() -> None:
    text = scrub("ANA asked with Wanjiru, ana again", names=("Ana Wanjiru",), known=KNOWN)
    assert "ana" not in text.lower()


def test_words_of_the_articles_are_no_names() -> None:
    known = plain_words(sample_collection(), "en")
    assert "text" in known
    assert "Short" not in known


def gaps_of(*texts: str, language: str = "en") -> list[tuple[int, str]]:
    articles = {key: article(key, f"Title {key}", [f"about {key}"]) for key in "abcdefgh"}
    articles["lab"] = article("lab", "Choosing a laboratory", ["which laboratory?"])
    asked = [Unanswered(text=text, language=language) for text in texts]
    vocabulary = Vocabulary(replace(sample_collection(), articles=articles))
    found = largest_gaps(asked, vocabulary)
    return [(gap.count, " ".join(gap.words)) for gap in found]


def test_alike_questions_are_one_gap_and_the_largest_comes_first() -> None:
    found = gaps_of(
        "price of biochar",
        "biochar price",
        "what is the price of biochar",
        "quokkas eat moss",
    )
    assert [count for count, _ in found] == [3]
    assert "biochar" in found[0][1]


def test_a_gap_shows_no_word_that_only_one_person_wrote() -> None:
    assert gaps_of("the well of Zubaida") == []
    (found,) = gaps_of("the laboratory of Zubaida")
    assert "zubaida" not in found[1]


def test_chinese_is_gathered_by_pairs_of_signs() -> None:
    found = gaps_of(*["生物炭价格"] * 3, language="zh")
    assert found[0][0] == 3
    assert "生物" in found[0][1]
