"""A joint text after the public agreement of 14 September 2018, reconstructed, in each side's own Korean
and two reference translations; and the names that its sides have agreed to look for.
"""

from __future__ import annotations

from yeollak.office.texts.instrument import Annex, Article, Instrument, Place, Version, draft
from yeollak.office.texts.names import Glossary, Name, SideOrder

GLOSSARY = Glossary(
    names=(
        Name(
            "south",
            "side",
            {
                "en": ("Southern side", "Southern", "South"),
                "ko": ("남측",),
                "ar": ("الجانب الجنوبي", "الجنوبي", "الجنوبية", "الجنوب"),
            },
        ),
        Name(
            "north",
            "side",
            {
                "en": ("Northern side", "Northern", "North"),
                "ko": ("북측",),
                "ar": ("الجانب الشمالي", "الشمالي", "الشمالية", "الشمال"),
            },
        ),
        Name(
            "office",
            "institution",
            {
                "en": ("Inter-Korean Liaison Office", "Joint Liaison Office"),
                "ko": ("남북공동연락사무소", "북남공동련락사무소", "공동연락사무소"),
                "ar": ("مكتب الاتصال بين الكوريتين", "مكتب الاتصال المشترك", "مكتب اتصال مشترك"),
            },
        ),
        Name(
            "kaesong-zone",
            "place",
            {
                "en": ("Kaesong Industrial Zone",),
                "ko": ("개성공업지구",),
                "ar": ("المنطقة الصناعية بكيسونگ", "كيسونگ، المنطقة الصناعية"),
            },
        ),
        Name("kaesong", "place", {"en": ("Kaesong",), "ko": ("개성",), "ar": ("كيسونگ",)}),
        Name("panmunjom", "place", {"en": ("Panmunjom",), "ko": ("판문점",), "ar": ("پانمونجوم",)}),
        Name("seoul", "place", {"en": ("Seoul",), "ko": ("서울",), "ar": ("سيول",)}),
        Name("pyongyang", "place", {"en": ("Pyongyang",), "ko": ("평양",), "ar": ("پيونگ يانگ",)}),
        Name(
            "ioc",
            "institution",
            {
                "en": ("International Olympic Committee", "IOC"),
                "ko": ("국제올림픽위원회", "IOC"),
                "ar": ("اللجنة الأولمبية الدولية", "اللجنة الأولمبية"),
            },
        ),
    ),
    orders=(
        SideOrder(("south", "north"), {"en": ("South-North",), "ko": ("남북",), "ar": ("الجنوب والشمال",)}),
        SideOrder(("north", "south"), {"en": ("North-South",), "ko": ("북남",), "ar": ("الشمال والجنوب",)}),
    ),
)

SOUTH = Version(
    "ko-KR",
    "authentic",
    "남북공동연락사무소 구성·운영에 관한 합의서",
    (
        Article("1", ("사무소의 명칭은 남북공동연락사무소로 하고 개성공업지구에 둔다.",), "명칭과 위치"),
        Article("2", ("남과 북은 당국 사이의 연락과 실무협의를 보장한다.",), "기능"),
        Article(
            "3",
            (
                "각측 인원은 소장을 포함하여 15~20명으로 한다.",
                "인원 교체는 7일 전에 상대측에 통보한다.",
            ),
            "인원",
        ),
        Article(
            "4",
            (
                "근무 시간은 월요일부터 금요일까지 09:00부터 17:00까지로 한다.",
                "소장회의는 주 1회 금요일 오전 10시에 연다.",
            ),
            "운영",
        ),
        Article("5", ("개보수 비용 97억 8천만원은 남측이 부담하며 그 가운데 30%를 먼저 낸다.",), "비용"),
        Article("6", ("이 합의서는 2018년 9월 14일(금)부터 효력을 가진다.",), "효력"),
    ),
    ("남과 북은 2018년 4월 27일 판문점선언에 따라 다음과 같이 합의하였다.",),
    side="south",
)
NORTH = Version(
    "ko-KP",
    "authentic",
    "북남공동련락사무소 구성과 운영에 관한 합의서",
    (
        Article("1", ("사무소의 명칭은 북남공동련락사무소로 하고 개성공업지구에 둔다.",), "명칭과 위치"),
        Article("2", ("북과 남은 당국사이의 련락과 실무협의를 보장한다.",), "기능"),
        Article(
            "3",
            (
                "각측 인원은 소장을 포함하여 15~20명으로 한다.",
                "인원교체는 7일전에 상대측에 통보한다.",
            ),
            "인원",
        ),
        Article(
            "4",
            (
                "근무시간은 월요일부터 금요일까지 09시부터 17시까지로 한다.",
                "소장회의는 주 1회 금요일 오전 10시에 연다.",
            ),
            "운영",
        ),
        Article("5", ("개건보수비용 9,780,000,000원은 남측이 부담하며 그중 30프로를 먼저 낸다.",), "비용"),
        Article("6", ("이 합의서는 2018년 9월 14일부터 효력을 가진다.",), "효력"),
    ),
    ("북과 남은 2018년 4월 27일 판문점선언에 따라 다음과 같이 합의하였다.",),
    side="north",
)
ENGLISH = Version(
    "en",
    "reference",
    "Agreement on the composition and operation of the Inter-Korean Liaison Office",
    (
        Article(
            "1",
            ("The office, called the Inter-Korean Liaison Office, is in the Kaesong Industrial Zone.",),
            "Name and seat",
        ),
        Article(
            "2", ("Both ensure liaison and working-level consultation between the authorities.",), "Functions"
        ),
        Article(
            "3",
            (
                "Each side posts fifteen to twenty staff including its head.",
                "Changes of staff are notified to the other side seven days ahead.",
            ),
            "Staff",
        ),
        Article(
            "4",
            (
                "Working hours are Monday to Friday, 9 a.m. to 5 p.m.",
                "The heads meet once a week, on Friday at 10:00.",
            ),
            "Operation",
        ),
        Article(
            "5",
            ("The Southern side bears the cost of KRW 9.78 billion; thirty per cent is paid first.",),
            "Costs",
        ),
        Article("6", ("This agreement takes effect on 14 September 2018.",), "Effect"),
    ),
    ("Following the Panmunjom Declaration of 27 April 2018 the sides have agreed as follows.",),
    stage="official",
)
ARABIC = Version(
    "ar",
    "reference",
    "اتفاق تشكيل مكتب الاتصال بين الكوريتين وتشغيله",
    (
        Article(
            "1",
            ("يُسمى المكتب مكتب الاتصال بين الكوريتين ويقع في المنطقة الصناعية بكيسونگ.",),
            "الاسم والمقر",
        ),
        Article("2", ("يكفل الجانبان الاتصال والتشاور العملي بين السلطات.",), "الوظائف"),
        Article(
            "3",
            (
                "لكل جانب خمسة عشر إلى عشرين موظفاً بمن فيهم الرئيس.",
                "يُبلَّغ الجانب الآخر عن تغيير الموظفين قبل سبعة أيام.",
            ),
            "الموظفون",
        ),
        Article(
            "4",
            (
                "ساعات العمل من الاثنين إلى الجمعة، من ٠٩:٠٠ إلى ١٧:٠٠.",
                "يجتمع الرئيسان مرة كل أسبوع، يوم الجمعة في الساعة العاشرة صباحاً.",
            ),
            "التشغيل",
        ),
        Article(
            "5",
            ("يتحمل الجانب الجنوبي كلفة قدرها ٩٫٧٨ مليار وون يُدفع ثلاثون في المئة منها أولاً.",),
            "الكلفة",
        ),
        Article("6", ("يسري هذا الاتفاق من ١٤ أيلول/سبتمبر ٢٠١٨.",), "السريان"),
    ),
    ("عملاً بإعلان پانمونجوم المؤرخ ٢٧ أبريل ٢٠١٨ اتفق الجانبان على ما يأتي.",),
    stage="rough",
)


def agreement() -> bytes:
    """The whole of it."""
    return draft(
        (SOUTH, NORTH, ENGLISH, ARABIC),
        places=(Place("south", "co-head"), Place("north", "co-head")),
        orders={"south": (0, 1), "north": (1, 0)},
        annexes=(Annex("ab" * 32, {"en": "Plan of the building", "ko-KR": "청사 평면도"}),),
    )


AGREEMENT = agreement()


def parallel(lines: dict[str, str]) -> Instrument:
    """One authentic line in each language."""
    return Instrument(
        tuple(Version(lang, "authentic", "x", (Article("1", (line,)),)) for lang, line in lines.items())
    )
