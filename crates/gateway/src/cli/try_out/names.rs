//! Models and styles as people write them: `Pika`, `watercolor`, `Black & White`.

use ai_now_protocol::Catalog;

/// The id of the model that is meant; the words themselves, where it is none.
pub(super) fn model(catalog: &Catalog, words: &str) -> String {
    let meant =
        catalog.models.iter().find(|model| same(&model.id, words) || same(&model.name, words));
    meant.map_or_else(|| words.to_owned(), |model| model.id.to_string())
}

/// The value of the style that is meant; the words themselves, where the model has none like it.
pub(super) fn style(catalog: &Catalog, model: &str, words: &str) -> String {
    let styles = catalog.model(model).map_or(&[][..], |model| model.styles());
    let exact = styles.iter().find(|style| style.value == words);
    let meant = exact.or_else(|| {
        styles.iter().find(|style| same(&style.name, words) || same(&style.value, words))
    });
    meant.map_or_else(|| words.to_owned(), |style| style.value.to_string())
}

/// Whether two names have the same letters and digits, in whatever case.
fn same(a: &str, b: &str) -> bool {
    let letters = |text: &str| {
        let letters = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase);
        letters.collect::<String>()
    };
    !letters(a).is_empty() && letters(a) == letters(b)
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
            ("black & white", "7"),
            ("black-and-white", "black-and-white"),
            ("", ""),
        ] {
            assert_eq!(style(&catalog, "pika", words), value);
        }
        assert_eq!(style(&catalog, "run", "concept art"), "concept_art");
        assert_eq!(style(&catalog, "suno", "watercolor"), "watercolor");
    }
}
