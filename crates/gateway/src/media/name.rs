//! Names of media files: words of the prompt, then random characters.
//!
//! A name is a capability: it permits to load the file, and can't be guessed.

use ai_now_protocol::Format;

use crate::secret;

/// How long the readable part of a name gets, in characters.
const SLUG_MAX_CHARS: usize = 40;

/// A new name: words of the prompt, then 130 random bits: `summer-song-….mp3`.
pub fn new_name(prompt: &str, format: Format) -> String {
    let (slug, random) = (slug(prompt), secret::name());
    let dash = if slug.is_empty() { "" } else { "-" };
    format!("{slug}{dash}{random}.{}", format.extension())
}

/// The ASCII words of a prompt, lower case, joined with dashes; whole words if possible.
fn slug(prompt: &str) -> String {
    let mut slug = String::new();
    let words = prompt.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    for word in words {
        let room = SLUG_MAX_CHARS.saturating_sub(slug.len() + usize::from(!slug.is_empty()));
        if word.len() > room && !slug.is_empty() {
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(&word[..word.len().min(room)].to_ascii_lowercase());
    }
    slug
}

/// The format of a media name; `None` if the gateway could not have made the name. No such name
/// leaves the directory or names a hidden file.
pub fn format_of(name: &str) -> Option<Format> {
    let (stem, extension) = name.rsplit_once('.')?;
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let well_formed = (26..=SLUG_MAX_CHARS + 27).contains(&stem.len()) && stem.bytes().all(plain);
    let format = Format::from_extension(extension)?;
    (well_formed && extension == format.extension()).then_some(format)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_the_prompt_says() {
        let table = [
            ("A upbeat pop song about summer", "a-upbeat-pop-song-about-summer"),
            ("  Wow!! ", "wow"),
            ("山の湖", ""),
            ("../../etc/passwd", "etc-passwd"),
            ("a\0b\r\nc", "a-b-c"),
            ("<script>alert(1)</script>", "script-alert-1-script"),
            (
                "an endless rain is just beginning behind the window",
                "an-endless-rain-is-just-beginning-behind",
            ),
        ];
        for (prompt, expected) in table {
            assert_eq!(slug(prompt), expected);
        }
        assert_eq!(slug(&"x".repeat(500)).len(), SLUG_MAX_CHARS);
    }

    #[test]
    fn only_names_of_ours_are_names() {
        for prompt in ["", "summer", &"long ".repeat(100), &"x".repeat(500)] {
            for format in Format::all() {
                let name = new_name(prompt, format);
                assert_eq!(format_of(&name), Some(format), "{name}");
            }
        }
        let random = secret::name();
        for bad in [
            "",
            ".mp3",
            "a.mp3",
            &format!("../{random}.mp3"),
            &format!("{random}/a.mp3"),
            &format!("{random}.mp3.part"),
            &format!("{random}.jpeg"),
            &format!("{random}.MP3"),
            &format!("{random}\0.mp3"),
            &format!("{random}%2e.mp3"),
            &format!("{}{random}.mp3", "x".repeat(100)),
            &random,
        ] {
            assert_eq!(format_of(bad), None, "{bad:?}");
        }
    }
}
