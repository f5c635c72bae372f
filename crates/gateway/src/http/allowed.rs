//! What a value of a request can be, where one was refused: each with its code and, for the sentence “it
//! must be …”, in English. It must not know which value it was.

use ai_now_protocol::{Code, Detail};

/// A whole number between two.
pub(crate) fn range(min: u32, max: u64) -> Detail {
    let text = format!("from {min} to {max}");
    Detail::new(Code::AllowedRange, text).with("min", min).with("max", max)
}

/// A text of so many characters.
pub(crate) fn length(min: u32, max: u32) -> Detail {
    let text = match min {
        0 => format!("a text of at most {max} characters"),
        _ => format!("a text of {min} to {max} characters"),
    };
    Detail::new(Code::AllowedLength, text).with("min", min).with("max", max)
}

/// One of these.
pub(crate) fn values<'a>(values: impl IntoIterator<Item = &'a str>) -> Detail {
    let values: Vec<_> = values.into_iter().collect();
    let text = format!("one of `{}`", values.join("`, `"));
    Detail::new(Code::AllowedValues, text).with("values", values.join(", "))
}

/// A day of the calendar.
pub(crate) fn day() -> Detail {
    Detail::new(Code::AllowedDay, "a day like `2026-01-31`")
}

/// A first day that is not too long before the last.
pub(crate) fn period(max_days: u64) -> Detail {
    let text = format!("a day at most {} days before the last, and not after it", max_days - 1);
    Detail::new(Code::AllowedPeriod, text).with("max_days", max_days)
}

/// The place where another page of a list ended.
pub(crate) fn page() -> Detail {
    Detail::new(Code::AllowedPage, "the `next` of another page")
}

/// The number of an event.
pub(crate) fn event() -> Detail {
    Detail::new(Code::AllowedEvent, "the number of an event")
}

/// Ids of models.
pub(crate) fn models() -> Detail {
    Detail::new(Code::AllowedModels, "a list of ids of the catalog's models")
}

/// Origins of pages.
pub(crate) fn origins(max: u32) -> Detail {
    let text = format!("1 to {max} origins like `https://example.com`, without a path");
    Detail::new(Code::AllowedOrigins, text).with("max", max)
}

/// A public address.
pub(crate) fn address() -> Detail {
    Detail::new(Code::AllowedAddress, "a public address that begins with https://")
}

/// Nothing: a publishable key has no tokens of its own.
pub(crate) fn none() -> Detail {
    let text = "left out for a publishable key: it draws on its owner's account";
    Detail::new(Code::AllowedNone, text)
}

/// At most what a generation cost.
pub(crate) fn charged() -> Detail {
    Detail::new(Code::AllowedCharged, "from 1 to what was charged")
}

/// At most what an account has.
pub(crate) fn available() -> Detail {
    Detail::new(Code::AllowedAvailable, "at most what the account has available")
}

/// Fewer tokens.
pub(crate) fn fewer() -> Detail {
    Detail::new(Code::AllowedFewer, "fewer: an account can't hold that many")
}
