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
my boy got weedkiller on his lips, what do we do
fuel is gushing from the tractor into the well
the chickens are dying after they pecked slug bait
a strong chemical stench from the factory and my throat burns
my uncle drank from an unlabelled jar in the pesticide store and is foaming
oil drum rolled over and emptied into the vegetable patch an hour ago
mon garçon a du désherbant sur les lèvres
le gasoil pisse du tracteur vers le puits
mes poules meurent après avoir picoré de l'anti-limace
ça pue le produit chimique et j'ai la gorge en feu
mon oncle a bu au bocal du local phyto et il bave
un bidon d'huile s'est vidé dans le potager il y a une heure
mi niño tiene herbicida en los labios
se está yendo el gasoil del tractor al pozo
las gallinas se mueren después de picar veneno
huele fortísimo a químico y me quema la garganta
mi tío tomó de un frasco de plaguicida y echa espuma
se vació un tambor de aceite en la huerta hace una hora
ولدي على شفتيه مبيد أعشاب
الديزل يتدفق من الجرار إلى البئر
الدجاج يموت بعد أن نقر سم القوارض
رائحة كيميائية خانقة وحلقي يحترق
عمي شرب من برطمان مبيد ويخرج من فمه زبد
برميل زيت انكب في مزرعة الخضار قبل ساعة
у мальчика гербицид на губах
солярка хлещет из трактора в колодец
куры дохнут, наклевались отравы от слизней
воняет химией и горло жжёт
дядя выпил из банки с ядохимикатом, изо рта пена
бочка масла вылилась на грядки час назад
儿子嘴唇上沾了除草剂
拖拉机的柴油哗哗往井里流
鸡啄了灭蜗牛药，正在死
化工厂那边气味呛人，我嗓子火辣辣的
叔叔喝了农药瓶里的东西，口吐白沫
一小时前一桶机油倒在菜地里了
help my kid put a fertiliser pellet in his mouth
we smell gas near the old chemical drums and feel dizzy
weedkiller spilled all over the path this morning
my cat rolled in pesticide and is drooling
tank cracked, heating oil is soaking into the lawn
au secours mon gamin a mis un granulé d'engrais dans sa bouche
ça sent le gaz près des vieux fûts et on a des vertiges
le désherbant s'est renversé dans l'allée ce matin
mon chat s'est roulé dans le pesticide et il bave
la cuve est fissurée, le fioul s'infiltre dans la pelouse
ayuda, mi hijo se metió un granulado de abono en la boca
huele a gas cerca de los bidones viejos y estamos mareados
se volcó el herbicida en el camino esta mañana
mi gato se revolcó en pesticida y babea
se rajó el tanque y el gasóleo se mete en el césped
ساعدوني طفلي حط حبة سماد في فمه
نشم غاز قرب البراميل القديمة ونحس بدوخة
انسكب مبيد الأعشاب على الممر هذا الصباح
قطتي تمرغت في المبيد ولعابها يسيل
تشقق الخزان والمازوت يدخل في العشب
помогите, ребёнок засунул в рот гранулу удобрения
пахнет газом у старых бочек и кружится голова
утром на дорожке разлился гербицид
кот вывалялся в пестициде и пускает слюни
бак треснул, мазут уходит в газон
救命，孩子把一粒化肥放进嘴里
旧化学桶旁边闻到气味，我们头晕
今早除草剂洒了一路
猫在农药里打滚，一直流口水
油罐裂了，柴油渗进草坪
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
my hedge is dying because the neighbour used weedkiller
my tomatoes died after I sprayed herbicide
mes tomates sont mortes à cause du désherbant
mis plantas se mueren por el herbicida
菜上沾了农药怎么洗
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
