"""The urgent gate: real emergencies in six languages pass it, theory and habits do not."""

from __future__ import annotations

import pytest

from knowledge.model import LANGUAGES
from knowledge.urgent import emergency_text, find_emergency

EMERGENCIES = """
my son ate soil from the garden where we sprayed
my dog just drank weedkiller
my child swallowed rat poison what do i do
a drum is leaking in the barn
diesel leaked on my field. what should I do?
i sprayed pesticide and now i feel dizzy and my eyes burn
tanker overturned and fuel is running into the river
chemical fumes, we can't breathe
pesticide splashed in my eyes
my baby put pesticide granules in her mouth
the pesticide store is on fire
worker collapsed after spraying pesticide
my daughter has eaten soil
mon fils a bu du pesticide
un fût fuit dans le hangar
mi hijo comió tierra con veneno
se derramó gasolina en mi campo
сын выпил гербицид
бочка с химикатами течет
ابني شرب مبيد حشري
برميل يتسرب منه مبيد
孩子误食了农药
我儿子吃了土
农药桶泄漏了
she swalowed weedkiler
rebenok vypil pestitsid
gas cloud from the chemical plant, what do we do
my husband is vomiting after spraying the orchard
after the spraying my kids are coughing
打农药后头晕想吐
a lorry crashed and chemicals are pouring into the ditch
kids were playing in the sprayed field and now they vomit
un fût de produit chimique est en train de fuir derrière l'étable
du gasoil vient de se répandre dans mon champ, que faire
de l'acide m'a giclé au visage
los gases del insecticida no nos dejan respirar
la vaca comió semilla curada
chocó un camión y los químicos corren a la acequia
fumigué y ahora estoy temblando
نشم أبخرة مبيد قوية ولا نستطيع التنفس
رشيت المبيد وأنا الآن أرتجف
انثقب خزان المازوت وينزل على الأرض
опрыскивал сад и теперь трясёт
пробили бак с мазутом, всё вытекает
дед упал в обморок после опрыскивания
我打完药现在浑身发抖
油箱破了，柴油流得到处都是
爷爷喷药的时候晕倒了
""".strip().splitlines()

THEORY = """
what are the effects of pesticide poisoning?
symptoms of lead poisoning
My toddler eats soil. Should I worry?
can i burn or bury pesticide containers?
I found old pesticide in the barn. What now?
There was a fire with chemicals nearby. Can we plant?
what happens if a child eats soil
how to prevent pesticide spills
how does diesel leak into groundwater
is my soil poisoned
quels sont les effets de l'intoxication aux pesticides
que faire en cas de déversement
¿cuáles son los síntomas de intoxicación por plaguicidas?
каковы последствия отравления пестицидами
ما هي آثار التسمم بالمبيدات
农药中毒有哪些症状
how can I prevent leaks from my fuel tank
where can I report a leaking landfill
what happens to spilled oil in soil
мышьяк вызывает рак?
From polluted soil to drinking water
can I carry drinking water in a washed chemical drum
will spilled oil go away on its own
las bacterias se comen el derrame de petróleo?
можно ли поливать посевы сточной водой?
""".strip().splitlines()


@pytest.mark.parametrize("text", EMERGENCIES)
def test_an_emergency_is_seen(text: str) -> None:
    assert find_emergency(text) is not None


@pytest.mark.parametrize("text", THEORY)
def test_theory_is_no_emergency(text: str) -> None:
    assert find_emergency(text) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_its_own_text(language: str) -> None:
    text = emergency_text(language)
    assert text.count("\n") >= 7
    assert language == "en" or text != emergency_text("en")
