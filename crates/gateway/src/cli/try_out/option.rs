//! `NAME=VALUE`: an option of a model on the command line.

use std::borrow::Cow;

use ai_now_protocol::Scalar;

/// An option; the type of its value is what it looks like.
pub(in crate::cli) fn parse_option(
    text: &str,
) -> Result<(Cow<'static, str>, Scalar), &'static str> {
    let (name, value) = text.split_once('=').ok_or("an option is written NAME=VALUE")?;
    let value = match value {
        "true" => Scalar::from(true),
        "false" => Scalar::from(false),
        _ => match value.parse::<i64>() {
            Ok(number) => Scalar::from(number),
            Err(_) => Scalar::from(value.to_owned()),
        },
    };
    Ok((name.to_owned().into(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_what_they_look_like() {
        let value = |text| parse_option(text).map(|(_, value)| value);
        assert_eq!(value("seconds=30"), Ok(30_i64.into()));
        assert_eq!(value("instrumental=true"), Ok(true.into()));
        assert_eq!(value("aspect=16:9"), Ok("16:9".into()));
        assert_eq!(value("lyrics=a=b"), Ok("a=b".into()));
        assert!(value("seconds").is_err());
    }
}
