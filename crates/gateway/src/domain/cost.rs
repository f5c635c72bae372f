//! What a job costs at a provider: money, in whole millionths of a unit of its currency.

use std::fmt;

/// A sum of money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cost {
    /// The currency, as three capital letters (ISO 4217): `USD`.
    pub currency: String,
    /// The sum, in millionths of a unit.
    pub micros: u64,
}

/// `USD 1.25`: as many digits as the sum needs, two at least.
impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { currency, micros } = self;
        let digits = format!("{:06}", micros % 1_000_000);
        let (cents, rest) = digits.split_at(2);
        write!(f, "{currency} {}.{cents}{}", micros / 1_000_000, rest.trim_end_matches('0'))
    }
}

/// Where the sum of a job's cost comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CostBasis {
    /// Estimated before the job, from the settings.
    Estimated,
    /// Computed from what the provider reports about the job.
    Billed,
}

impl CostBasis {
    /// Its name in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Estimated => "estimated",
            Self::Billed => "billed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_written_as_people_write_them() {
        for (micros, written) in [
            (0, "USD 0.00"),
            (1_000_000, "USD 1.00"),
            (1_250_000, "USD 1.25"),
            (35, "USD 0.000035"),
            (12_340_500, "USD 12.3405"),
        ] {
            assert_eq!(Cost { currency: "USD".into(), micros }.to_string(), written);
        }
    }
}
