//! Names of models and styles in any spelling: `Pika`, `watercolor`, `Black & White`.

use ai_now_protocol::Catalog;

/// The id of the model with this name; the name itself if there is none.
pub(in crate::cli) fn model(catalog: &Catalog, words: &str) -> String {
    let meant =
        catalog.models.iter().find(|model| same(&model.id, words) || same(&model.name, words));
    meant.map_or_else(|| words.to_owned(), |model| model.id.to_string())
}

/// The value of the style with this name; the name itself if the model has none like it.
pub(super) fn style(catalog: &Catalog, model: &str, words: &str) -> String {
    let styles = catalog.model(model).map_or(&[][..], |model| model.styles());
    let exact = styles.iter().find(|style| style.value == words);
    let meant = exact.or_else(|| {
        styles.iter().find(|style| same(&style.name, words) || same(&style.value, words))
    });
    meant.map_or_else(|| words.to_owned(), |style| style.value.to_string())
}

/// Whether two names have the same letters and digits, in whatever case and in either English.
fn same(a: &str, b: &str) -> bool {
    !letters(a).is_empty() && letters(a) == letters(b)
}

fn letters(text: &str) -> String {
    let text = text.replace('&', "and");
    let letters = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase);
    letters.collect::<String>().replace("colour", "color").replace("grey", "gray")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_as_people_write_them() {
        let catalog = Catalog::BUILT_IN;
        for (words, id) in [("pika", "pika"), ("Pika", "pika"), ("SUNO", "suno"), ("none", "none")]
        {
            assert_eq!(model(&catalog, words), id);
        }
        for (words, value) in [
            ("watercolor", "4"),
            ("Water Color", "4"),
            ("4", "4"),
            ("Water Colour", "4"),
            ("WATER-COLOUR", "4"),
            ("black & white", "7"),
            ("Black and White", "7"),
            ("black-and-white", "7"),
            ("", ""),
        ] {
            assert_eq!(style(&catalog, "pika", words), value);
        }
        assert_eq!(style(&catalog, "run", "concept art"), "concept_art");
        assert_eq!(style(&catalog, "suno", "watercolor"), "watercolor");
    }
}
