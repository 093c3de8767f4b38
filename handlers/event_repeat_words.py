"""Words for repetitions in the six languages, as regular expressions over folded text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

NEVER: Final = (
    r"\b(no|none|never|once|not|non|jamais|une fois|nunca|una vez|нет|никогда|один раз|لا|"
    r"مره واحده|ابدا)\b|^(不|否|无|一次|不重复)"
)

UNITS: Final[Mapping[str, str]] = {
    "YEARLY": r"\b(years?|yearly|annual(ly)?|ans|(par|chaque) an|annees?|annuel(le)?s?|"
    r"anos?|anual(es|mente)?|год(а|ы|ов|у)?|лет|ежегодно|سنه|سنويا|سنوات|سنتين|عام|اعوام)\b|年",
    "MONTHLY": r"\b(months?|monthly|mois|mensuel(le)?s?|mes(es)?|"
    r"mensual(es|mente)?|месяц(а|ев|ы)?|ежемесячно|شهر|شهريا|اشهر|شهرين)\b|月",
    "WEEKLY": r"\b(weeks?|weekly|fortnight(ly)?|semaines?|hebdomadaires?|semanas?|"
    r"semanal(es|mente)?|недел(я|и|ю|ь)|еженедельно|اسبوع|اسبوعيا|اسابيع|اسبوعين)\b|周|星期|礼拜",
    "DAILY": r"\b(days?|daily|jours?|quotidien(ne)?s?|dias?|diari(o|a|amente)|"
    r"день|дня|дней|ежедневно|يوم|يوميا|ايام|يومين)\b|每天|每日",
}
"""The largest unit that is named counts: "each month on the second Tuesday of the week"."""

NUMBERS: Final[Mapping[int, str]] = {
    2: r"other|two|2nd|deux|dos|два|две|两|二|fortnight(?:ly)?",
    3: r"three|trois|tres|три|ثلاثه?|三",
    4: r"four|quatre|cuatro|четыре|اربعه?|四",
    6: r"six|seis|шесть|سته?|六",
}

SECOND: Final = r"second|2nd|deuxieme|segund[oa]|втор(?:ой|ую|ая|ое)|ثاني|第二个?"
DUAL: Final = r"\bfortnight(ly)?\b|\b(سنتين|شهرين|اسبوعين|يومين)\b"
"""One word for two of them."""

EVERY: Final = (
    r"(?:every|each|tou(?:te)?s les|chaque|cada|todos los|todas las|кажды[еймх]|каждую|كل|每)"
)

WEEKDAYS: Final[Mapping[str, str]] = {
    "MO": r"\b(mondays?|lundis?|lunes|понедельник(а|и)?|الاثنين|اثنين)\b|(星期|周|礼拜)一",
    "TU": r"\b(tuesdays?|mardis?|martes|вторник(а|и)?|الثلاثاء|ثلاثاء)\b|(星期|周|礼拜)二",
    "WE": r"\b(wednesdays?|mercredis?|miercoles|сред(а|у|ы)|الاربعاء|اربعاء)\b|(星期|周|礼拜)三",
    "TH": r"\b(thursdays?|jeudis?|jueves|четверг(а|и)?|الخميس|خميس)\b|(星期|周|礼拜)四",
    "FR": r"\b(fridays?|vendredis?|viernes|пятниц(а|у|ы)|الجمعه|جمعه)\b|(星期|周|礼拜)五",
    "SA": r"\b(saturdays?|samedis?|sabados?|суббот(а|у|ы)|السبت|سبت)\b|(星期|周|礼拜)六",
    "SU": r"\b(sundays?|dimanches?|domingos?|воскресень(е|я)|الاحد|احد)\b|(星期|周|礼拜)[日天]",
}

ORDINALS: Final[Mapping[int, str]] = {
    1: r"\b(1st|first|1er|1ere|premiere?|primer[oa]?|перв(ый|ая|ую|ое)|الاول|اول)\b|第一个?",
    2: r"\b(2nd|second|2e|deuxieme|segund[oa]|втор(ой|ая|ую|ое)|الثاني|ثاني)\b|第二个?",
    3: r"\b(3rd|third|3e|troisieme|tercer[oa]?|трети(й|я|ю|е)|третья|третью|الثالث|ثالث)\b|第三个?",
    4: r"\b(4th|fourth|4e|quatrieme|cuart[oa]|четверт(ый|ая|ую|ое)|الرابع|رابع)\b|第四个?",
    -1: r"\b(last|dernier|derniere|ultim[oa]|последн(ий|яя|юю|ее)|الاخير|اخر)\b|最后一?个?",
}

TIMES: Final = r"(\d{1,3})\s*(?:times|x|fois|veces|раза?|مرات|مره|次)(?![a-zа-я])"
UNTIL: Final = r"(?:until|till|up to|jusqu\W?(?:au|a|en)|hasta(?: el)?|до|по|حتي|الي|到|至|直到)\s*"
DATES: Final = r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})|(\d{1,2})[./](\d{1,2})[./](\d{4})"
"""Year first with any sign between, or day first."""
