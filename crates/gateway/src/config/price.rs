//! What a token is worth, for administrators: money, exact to a millionth. Charges are in tokens
//! only.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The price of one token, in millionths of a unit of the currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "String")]
pub struct TokenPrice(u64);

/// Why a text is not a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a price is written like “0.01”, with 6 decimals at most, above 0 and up to 1000000")]
pub struct NotAPrice;

/// Parses a price: a text exactly; a number by its shortest decimal form.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Text(String),
    Whole(u64),
    Decimal(f64),
}

const UNIT: u64 = 1_000_000;

impl TokenPrice {
    /// In millionths of a unit.
    pub fn micros(self) -> u64 {
        self.0
    }

    /// What so many tokens are worth, in millionths of a unit. Below 0 for refunds.
    pub fn of(self, tokens: i64) -> i64 {
        tokens.saturating_mul(i64::try_from(self.0).unwrap_or(i64::MAX))
    }
}

impl FromStr for TokenPrice {
    type Err = NotAPrice;

    fn from_str(text: &str) -> Result<Self, NotAPrice> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty()
            || whole.len() > 7
            || decimals.len() > 6
            || !digits(whole)
            || !digits(decimals)
        {
            return Err(NotAPrice);
        }
        let parse = |text: &str| text.parse::<u64>().map_err(|_| NotAPrice);
        let micros = parse(whole)? * UNIT + parse(&format!("{decimals:0<6}"))?;
        if micros == 0 || micros > UNIT * UNIT {
            return Err(NotAPrice);
        }
        Ok(Self(micros))
    }
}

impl TryFrom<Written> for TokenPrice {
    type Error = NotAPrice;

    fn try_from(written: Written) -> Result<Self, NotAPrice> {
        match written {
            Written::Text(text) => text.parse(),
            Written::Whole(number) => number.to_string().parse(),
            Written::Decimal(number) => number.to_string().parse(),
        }
    }
}

impl From<TokenPrice> for String {
    fn from(TokenPrice(micros): TokenPrice) -> Self {
        let text = format!("{}.{:06}", micros / UNIT, micros % UNIT);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_exact_however_it_is_written() {
        for (toml, micros) in [
            ("'0.01'", Some(10_000)),
            ("0.01", Some(10_000)),
            ("'0.000001'", Some(1)),
            ("2", Some(2_000_000)),
            ("'1000000'", Some(1_000_000_000_000)),
            ("'1000000.1'", None),
            ("'0.0000001'", None),
            ("0", None),
            ("'0.00'", None),
            ("-1", None),
            ("'-0.1'", None),
            ("'.5'", None),
            ("''", None),
            ("'1e3'", None),
            ("'1,5'", None),
            ("nan", None),
        ] {
            #[derive(Deserialize)]
            struct Table {
                price: TokenPrice,
            }
            let read = toml::from_str::<Table>(&format!("price = {toml}")).ok();
            assert_eq!(read.map(|table| table.price.micros()), micros, "{toml}");
        }
        for text in ["0.01", "0.000001", "2", "10", "1.5"] {
            assert_eq!(String::from(text.parse::<TokenPrice>().unwrap()), text);
        }
    }

    #[test]
    fn tokens_are_worth_what_the_price_says() {
        let price: TokenPrice = "0.05".parse().unwrap();
        assert_eq!([price.of(30), price.of(0), price.of(-10)], [1_500_000, 0, -500_000]);
    }
}
