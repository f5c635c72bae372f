//! Decides from the prompt how an input picture is used.
//!
//! It must not know how anything is drawn.

use crate::brief::language;
use crate::brief::sense::{Sense, Thing};
use crate::brief::split::{self, is_solid};
use crate::brief::words;

/// How an input picture is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// As the backdrop of everything else.
    Backdrop,
    /// As the backdrop, animated.
    Alive,
    /// Framed, on a wall.
    Framed,
    /// As the thing that the prompt names.
    Subject(Thing),
}

/// Phrases of scripts with spaces, without accents, for a picture that hangs somewhere.
const FRAMED: &str = "on the wall|on a wall|on my wall|in a frame|framed|in a gallery|in the gallery|\
    in a museum|in the museum|an der wand|an die wand|im rahmen|gerahmt|in einer galerie|im museum|\
    au mur|sur le mur|sur un mur|encadre|encadree|dans un cadre|dans une galerie|dans un musee|\
    en la pared|en una pared|enmarcado|enmarcada|en un marco|en una galeria|en un museo|na parede|\
    numa parede|em uma parede|emoldurado|emoldurada|numa moldura|numa galeria|num museu|al muro|\
    sul muro|alla parete|sulla parete|incorniciato|incorniciata|in una cornice|in una galleria|\
    in un museo|दीवार पर|फ्रेम में|संग्रहालय में|على الحائط|على الجدار|في اطار|في متحف|في معرض";

/// The same in scripts without spaces.
const FRAMED_INSIDE: &str =
    "壁に|壁の上|額縁|額に入|美術館|ギャラリー|墙上|牆上|画框|相框|美术馆|画廊|博物馆";

/// Phrases for a picture that is animated itself.
const ALIVE: &str = "animate|animate this|animate it|to life|comes alive|come alive|make it move|make this move|\
    make him move|make her move|living photo|living picture|animiere|animier|zum leben|lebendig|\
    belebe|animer|anime cette|anime ce|prend vie|donne vie|prendre vie|animar|anima esta|anima este|\
    anima la|cobra vida|da vida|dale vida|dar vida|anime esta|anime este|ganha vida|de vida|animare|\
    anima questa|anima questo|prende vita|dai vita|dare vita|prendere vita|एनिमेट|जीवंत|जीवन्त|\
    حرك|تحريك|الحياه";

const ALIVE_INSIDE: &str =
    "動かして|動き出|命を吹き込|アニメーションに|动起来|動起來|活起来|让它动|让他动|让她动";

/// Words that point at something in the picture.
const POINTING: &str = " this these my our diese dieser dieses diesen diesem mein meine meinen \
    meinem meiner unser unsere unseren ce cet cette ces mon ma mes notre nos este esta estos estas \
    mi mis nuestro nuestra esse essa estes meu minha meus minhas nosso nossa questo questa questi \
    queste mio mia miei mie nostro nostra यह इस ये इन मेरा मेरी मेरे हमारा हमारी هذا هذه هولاء ";

const POINTING_INSIDE: [&str; 12] =
    ["この", "その", "私の", "僕の", "俺の", "うちの", "这", "這", "我的", "我们的", "我家", "那"];

/// Phrases that refer to somebody or something in the picture without a noun.
const NAMELESS: &str = "put him|put her|put it|put them|put me|put this|place him|place her|place it|\
    place this|place me|let him|let her|setze ihn|setze sie|setze es|setze mich|setz ihn|setz sie|\
    stelle ihn|stelle sie|stelle es|mets le|mets la|mets moi|ponlo|ponla|ponme|coloca o|coloca a|\
    coloque o|coloque a|mettilo|mettila|mettimi";

/// Decides how the picture is used. `cut_out` means that it has transparency around its subject:
/// then it is the subject, unless the prompt frames it.
pub(crate) fn role(prompt: &str, cut_out: bool) -> Role {
    let words = split::split(prompt);
    let texts: Vec<&str> = words.iter().map(|w| w.text.as_str()).collect();
    let line = format!(" {} ", texts.join(" "));
    let says = |phrases: &str| phrases.split('|').any(|p| line.contains(&format!(" {p} ")));
    let inside = |phrases: &str| phrases.split('|').any(|p| prompt.contains(p));
    if says(FRAMED) || inside(FRAMED_INSIDE) {
        return Role::Framed;
    }
    if let Some(thing) = pointed_at(prompt, &words) {
        return Role::Subject(thing);
    }
    if says(NAMELESS) {
        return Role::Subject(Thing::Person);
    }
    if cut_out {
        return Role::Subject(first_thing(prompt, &words).unwrap_or(Thing::Person));
    }
    if says(ALIVE) || inside(ALIVE_INSIDE) {
        return Role::Alive;
    }
    Role::Backdrop
}

/// The thing after a demonstrative: "this old cat", "mein Hund", "この猫".
fn pointed_at(prompt: &str, words: &[split::Word]) -> Option<Thing> {
    let spaced = words.iter().enumerate().find_map(|(at, word)| {
        let points = !word.solid && POINTING.contains(&format!(" {} ", word.text));
        let next = words.get(at + 1..words.len().min(at + 4)).filter(|_| points)?;
        first_thing(prompt, next)
    });
    spaced.or_else(|| {
        POINTING_INSIDE.into_iter().find_map(|pointing| {
            let behind = &prompt[prompt.find(pointing)? + pointing.len()..];
            let near: String = behind.chars().take_while(|c| is_solid(*c)).take(6).collect();
            first_thing(prompt, &split::split(&near))
        })
    })
}

/// The first thing in the words that a picture can replace.
fn first_thing(prompt: &str, words: &[split::Word]) -> Option<Thing> {
    let found = words::find(words, language::guess(prompt));
    found.into_iter().find_map(|found| match found.sense {
        Sense::Thing(thing) if !found.negated && stands(thing) => Some(thing),
        _ => None,
    })
}

/// Whether a thing has a position of its own, unlike parts of the sky or the air.
fn stands(thing: Thing) -> bool {
    use Thing as T;
    !matches!(
        thing,
        T::Sun
            | T::Moon
            | T::Stars
            | T::Clouds
            | T::Rainbow
            | T::Aurora
            | T::Meteor
            | T::Fireworks
            | T::Planet
            | T::Earth
            | T::Bubbles
            | T::Leaves
            | T::Petals
            | T::Flow
            | T::Firefly
            | T::Window
            | T::Grass
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prompt_decides_how_the_picture_is_used() {
        use Thing as T;
        for (prompt, expected) in [
            ("snow falls softly", Role::Backdrop),
            ("a red kite over the sea", Role::Backdrop),
            ("this evening the stars come out", Role::Backdrop),
            ("Animate this picture", Role::Alive),
            ("Bring it to life", Role::Alive),
            ("Erwecke das Bild zum Leben", Role::Alive),
            ("让它动起来", Role::Alive),
            ("the picture on a wall in a cosy room", Role::Framed),
            ("Das Foto hängt gerahmt im Flur", Role::Framed),
            ("la foto enmarcada", Role::Framed),
            ("壁に飾る", Role::Framed),
            ("this cat on the moon", Role::Subject(T::Cat)),
            ("my old dog in a meadow", Role::Subject(T::Dog)),
            ("mein Hund am Meer", Role::Subject(T::Dog)),
            ("ce chat dans la forêt", Role::Subject(T::Cat)),
            ("este perro en la playa", Role::Subject(T::Dog)),
            ("この猫が踊る", Role::Subject(T::Cat)),
            ("这只猫在月球上", Role::Subject(T::Cat)),
            ("यह कुत्ता", Role::Subject(T::Dog)),
            ("put her on a mountain", Role::Subject(T::Person)),
        ] {
            assert_eq!(role(prompt, false), expected, "{prompt}");
        }
        assert_eq!(role("in a forest", true), Role::Subject(T::Person));
        assert_eq!(role("a robot in a forest", true), Role::Subject(T::Robot));
    }
}
