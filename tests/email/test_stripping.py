"""Quotations and signatures of many programs, in six languages."""

from __future__ import annotations

import pytest

from bot.adapters.email.stripping import MARKER, new_words

QUOTED = "> one\n> two\n> three\n"


@pytest.mark.parametrize(
    "introduction",
    [
        "On Tue, Nov 3, 2026 at 10:00 AM INSOP <insop@example.net> wrote:",
        "On Tue, Nov 3, 2026 at 10:00 AM INSOP assistant <\ninsop@example.net> wrote:",
        "Le mar. 3 nov. 2026 à 10:00, INSOP <insop@example.net> a écrit :",
        "Le 3 nov. 2026 à 10:00, INSOP <insop@example.net> a écrit\xa0:",
        "El mar, 3 nov 2026 a las 10:00, INSOP (<insop@example.net>) escribió:",
        "вт, 3 нояб. 2026 г. в 10:00, INSOP <insop@example.net>:",
        "3 ноября 2026 г., в 10:00, INSOP <insop@example.net> написал(а):",
        "03.11.2026 10:00, INSOP пишет:",
        "في ثلاثاء، ٣ نوفمبر ٢٠٢٦ في ١٠:٠٠ ص تمت كتابة ما يلي بواسطة INSOP <insop@example.net>:",
        "في ٣ نوفمبر ٢٠٢٦، كتب INSOP:",
        "INSOP <insop@example.net> 于2026年11月3日周二 10:00写道：",
        "在 2026年11月3日，10:00，INSOP <insop@example.net> 写道：",
    ],
)
def test_a_quotation_with_its_introduction_goes(introduction: str) -> None:
    assert new_words(f"The answer.\nYours\n\n{introduction}\n\n{QUOTED}") == "The answer.\nYours"
    assert new_words(f"{introduction}\n\n{QUOTED}\nThe answer below.") == "The answer below."


@pytest.mark.parametrize(
    "headers",
    [
        "From: INSOP\nSent: Tuesday\nTo: Amina\nSubject: Question",
        "________________________________\nFrom: INSOP\nSent: Tuesday\nTo: Amina\nSubject: x",
        "De : INSOP\nEnvoyé : mardi\nÀ : Amina\nObjet : Question",
        "De: INSOP\nEnviado el: martes\nPara: Amina\nAsunto: Pregunta",
        "От: INSOP\nОтправлено: вторник\nКому: Amina\nТема: Вопрос",
        "من: INSOP\nتم الإرسال: الثلاثاء\nإلى: Amina\nالموضوع: سؤال",
        "发件人: INSOP\n发送时间: 星期二\n收件人: Amina\n主题: 问题",
        "-----Original Message-----\nFrom: INSOP\n",
        "-----Message d'origine-----\nDe : INSOP\n",
        "------------------ 原始邮件 ------------------\n发件人: INSOP\n",
        "-------- Исходное сообщение --------\nОт: INSOP\n",
        f"*{MARKER}* Write above this line",
    ],
)
def test_a_quotation_without_marks_goes(headers: str) -> None:
    assert new_words(f"The answer.\n\n{headers}\n\nan old question\nof two lines") == "The answer."


def test_our_own_line_is_cut_with_the_introduction_above_it() -> None:
    text = f"The answer.\n\nUnknown client wrote\n{MARKER} Write above\nold"
    assert "The answer." in new_words(text)
    assert "old" not in new_words(text)


def test_answers_between_quoted_lines_are_kept() -> None:
    text = "> How deep?\n20 cm.\n\n> How often?\nOnce a year.\n"
    assert new_words(text) == "20 cm.\n\nOnce a year."


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nAmina Diallo\nSoil institute",
        "Sent from my iPhone",
        "Get Outlook for Android",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Отправлено с iPhone",
        "أرسلت من الـ iPhone",
        "发自我的iPhone",
    ],
)
def test_signatures_go(signature: str) -> None:
    assert new_words(f"The answer.\n\n{signature}\n") == "The answer."


def test_lists_and_what_people_say_stay() -> None:
    text = "Please:\n- wash hands\n- lime the soil\n\nDate: Monday\nThanks,\nAmina"
    assert new_words(text) == text


def test_a_mail_that_only_quotes_is_empty() -> None:
    assert new_words(QUOTED) == ""
