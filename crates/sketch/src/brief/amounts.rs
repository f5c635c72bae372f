//! Quantities and sizes: how many of a thing a prompt asks for, and how big.

/// The number that a word denotes, up to 99.
pub(super) fn small_number(word: &str) -> Option<u32> {
    const NAMES: [&str; 11] = [
        "zero",
        "one",
        "two दो اثنان zwei deux dos dois due pair",
        "three तीन ثلاثه ثلاث drei trois tres tre",
        "four चार اربعه vier quatre cuatro quatro quattro",
        "five पांच خمسه funf cinq cinco cinque",
        "six sechs seis sei",
        "seven sieben sept siete sete sette",
        "eight acht huit ocho oito otto",
        "nine neun neuf nueve nove",
        "ten zehn dix diez dez dieci",
    ];
    if let Ok(number) = word.parse::<u32>() {
        return (number <= 99).then_some(number);
    }
    let at = NAMES.iter().position(|names| names.split(' ').any(|n| n == word))?;
    u32::try_from(at).ok()
}

/// A Chinese or Japanese number with a counter ("三只", "二匹の"), or only the counter where digits
/// precede it. Returns the number and the length in bytes.
pub(super) fn counted(text: &str) -> Option<(Option<u32>, usize)> {
    const DIGITS: &str = "一二三四五六七八九十";
    let mut chars = text.chars();
    let first = chars.next()?;
    let at = if first == '两' { Some(1) } else { DIGITS.chars().position(|d| d == first) };
    let counter = if at.is_some() { chars.next()? } else { first };
    if !"只匹羽頭头个個つ枚台辆艘朵".contains(counter) {
        return None;
    }
    let number = at.and_then(|at| u32::try_from(at + 1).ok());
    Some((number, text.len() - chars.as_str().len()))
}

/// Whether a word denotes several.
pub(super) fn is_plural(word: &str) -> bool {
    const MANY: &str = " people children men women family crowd friends gens leute kinder gente \
        personas personnes menschen caravan karawane caravana sheep band ";
    if MANY.contains(&format!(" {word} ")) {
        return true;
    }
    word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us")
}

/// A word that denotes two people.
pub(super) fn two_of(word: &str) -> Option<u32> {
    const TWO: &str = " couple lovers paar liebespaar pareja casal coppia twins ";
    TWO.contains(&format!(" {word} ")).then_some(2)
}

/// Whether an instrument word names its player: "violinist".
pub(super) fn is_player(word: &str) -> bool {
    const PLAYERS: &str = " violinist fiddler geiger violoniste violinista guitarist gitarrist \
        gitarristin guitariste guitarrista chitarrista trumpeter trompeter trompettiste \
        trompetista trombettista pianist pianiste pianista ";
    PLAYERS.contains(&format!(" {} ", word.trim_end_matches('s')))
}

/// Whether a word for people denotes women (`Some(true)`) or men.
pub(super) fn is_woman(word: &str) -> Option<bool> {
    const WOMEN: &str = " woman women girl girls lady ladies queen queens princess witch witches \
        mother mothers mom grandmother bride daughter daughters sister sisters wife businesswoman \
        ballerina ballerinas frau frauen \
        madchen mutter oma konigin prinzessin hexe tochter tanzerin gitarristin femme femmes fille \
        filles mere reine princesse danseuse mujer mujeres nina ninas madre abuela reina princesa \
        bruja bailarina mulher mulheres menina meninas mae rainha bruxa donna donne ragazza ragazze \
        bambina nonna regina principessa strega औरत लड़की माँ रानी राजकुमारी امراه فتاه اميره ام 女 女孩 \
        少女 女王 公主 妈妈 母 ";
    const MEN: &str = " man men boy boys king kings prince princes father fathers dad grandfather \
        groom son sons brother brothers husband gentleman businessman waiter monk monks mann \
        manner junge jungen vater opa konig prinz sohn homme hommes \
        garcon garcons pere roi hombre hombres nino padre abuelo rey homem homens menino meninos pai \
        rei uomo uomini ragazzo ragazzi bambino आदमी लड़का पिता राजा رجل ولد اب 男 男孩 少年 国王 王子 爸爸 \
        父 ";
    let word = format!(" {word} ");
    match (WOMEN.contains(&word), MEN.contains(&word)) {
        (true, _) => Some(true),
        (_, men) => men.then_some(false),
    }
}

/// The factor by which a word enlarges the noun after it.
pub(super) fn size_of(word: &str) -> Option<f32> {
    const SIZES: [(f32, &str); 4] = [
        (
            1.8,
            " giant gigantic huge enormous colossal massive riesig riesiger riesige riesiges geant gigante enorme ",
        ),
        (1.25, " big large gross grosser grosse grosses gran grande "),
        (
            0.8,
            " small little klein kleiner kleine kleines petit petite pequeno pequena piccolo piccola ",
        ),
        (0.55, " tiny miniature winzig winziger winzige minuscule diminuto minusculo "),
    ];
    let word = format!(" {word} ");
    SIZES.iter().find(|s| s.1.contains(&word)).map(|s| s.0)
}
