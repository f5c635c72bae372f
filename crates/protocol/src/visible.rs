//! Which characters are visible. A prompt needs one of them.

/// Characters without a width: joiners, direction marks, the byte order mark (from Unicode's
/// `Default_Ignorable_Code_Point`). A prompt that consists of these is blank.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// Whether a character alone would leave a prompt blank.
#[cfg(feature = "schema")]
fn is_blank(c: char) -> bool {
    c.is_control() || c.is_whitespace() || is_invisible(c)
}

/// The pattern of a valid prompt, as an ECMA-262 regular expression: it has a visible character.
/// Generated from the rule that [`crate::GenerateRequest::check`] applies.
#[cfg(feature = "schema")]
pub fn visible_pattern() -> String {
    use std::fmt::Write as _;
    let mut pattern = String::from("[^");
    let mut blank = (0..=u32::from(u16::MAX)).filter(|&c| char::from_u32(c).is_some_and(is_blank));
    let mut range = blank.next().map(|first| (first, first));
    while let Some((first, last)) = range {
        range =
            blank.next().map(|next| if next == last + 1 { (first, next) } else { (next, next) });
        if range.is_none_or(|(begin, _)| begin != first) {
            // Writing into a string cannot fail.
            let _ = write!(pattern, "\\u{first:04x}");
            if last > first {
                let _ = write!(pattern, "-\\u{last:04x}");
            }
        }
    }
    pattern.push(']');
    pattern
}

#[cfg(all(test, feature = "schema"))]
mod tests {
    use super::*;

    #[test]
    fn the_pattern_of_a_prompt_names_what_cannot_be_seen() {
        let pattern = visible_pattern();
        assert!(pattern.starts_with(r"[^\u0000-\u0020\u007f-\u00a0\u00ad\u034f"), "{pattern}");
        assert!(pattern.ends_with(r"\u3000\ufe00-\ufe0f\ufeff]"), "{pattern}");
        // Beyond these ranges every character is visible: the pattern needs no surrogate pairs.
        assert!(!('\u{10000}'..=char::MAX).any(is_blank));
    }
}
