//! The catalog: an ordered table of models, styles, prices and media kinds.
//!
//! It must not know which provider makes what: the server of a catalog says so in it, with
//! [`Model::procedural`] and [`Model::expected_secs`].

mod built_in;
mod model;

pub use self::built_in::PROMPT_MAX_CHARS;
pub use self::model::{Catalog, Expected, Model};

/// So many percent of a price, in whole tokens, rounded up.
pub fn percent_of(price: u32, percent: u8) -> u32 {
    let tokens = (u64::from(price) * u64::from(percent.min(100))).div_ceil(100);
    u32::try_from(tokens).unwrap_or(price)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_survives_the_wire() {
        let json = serde_json::to_string(&Catalog::BUILT_IN).unwrap();
        assert_eq!(serde_json::from_str::<Catalog>(&json).unwrap(), Catalog::BUILT_IN);
    }
}
