//! The cost of a job at a provider, by the operator's settings: per job, per second of the result
//! by its size, or per second that the provider has worked.
//!
//! Nothing is built in: prices change, and differ from account to account. It must not know any
//! service's API.

use std::collections::BTreeMap;

use ai_now_protocol::options::{RESOLUTION, SECONDS};
use ai_now_protocol::{MediaKind, Scalar};
use serde::{Deserialize, Serialize};

use super::provider::Job;
use super::settings::checks::SettingError;
use crate::domain::Cost;

/// The prices of a provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CostSettings {
    /// The currency, as three capital letters (ISO 4217).
    pub currency: String,
    /// Per job, in millionths of a unit.
    #[serde(default)]
    pub per_job_micros: u64,
    /// Per second of the result, in millionths of a unit.
    #[serde(default)]
    pub per_second_micros: u64,
    /// The length of a result in seconds, if neither the job nor its model has one.
    #[serde(default)]
    pub seconds: u32,
    /// The price of a size in percent, by the option's value: `1080p`. Default: 100.
    #[serde(default)]
    pub resolution_percent: BTreeMap<String, u32>,
    /// Per second that the provider reports to have worked, in millionths of a unit.
    #[serde(default)]
    pub per_billed_second_micros: u64,
}

/// The largest price, in millionths of a unit: a million units.
const MICROS_MAX: u64 = 1_000_000_000_000;

impl CostSettings {
    /// Checks the settings. `tells_billed_time`: whether the service reports how long it has
    /// worked.
    pub(super) fn check(&self, tells_billed_time: bool) -> Result<(), SettingError> {
        let wrong = |why: &str| Err(SettingError::new("cost", why));
        if self.currency.len() != 3 || !self.currency.bytes().all(|b| b.is_ascii_uppercase()) {
            return wrong("its currency must be three capital letters, like “USD”");
        }
        let prices = [self.per_job_micros, self.per_second_micros, self.per_billed_second_micros];
        if prices.iter().all(|micros| *micros == 0) {
            return wrong("name per_job_micros, per_second_micros or per_billed_second_micros");
        }
        if prices.iter().any(|micros| *micros > MICROS_MAX) {
            return wrong("a price may be a million units at most");
        }
        if self.per_second_micros > 0 && !(1..=86_400).contains(&self.seconds) {
            return wrong(
                "per_second_micros needs seconds: how long a result is where nobody says",
            );
        }
        if self.resolution_percent.values().any(|percent| !(1..=10_000).contains(percent)) {
            return wrong("a percentage must be from 1 to 10000");
        }
        if self.per_billed_second_micros > 0 && !tells_billed_time {
            return wrong("a provider of this kind does not say how long it has worked");
        }
        Ok(())
    }

    /// The estimated cost of a job, if it can be estimated before the job.
    pub(crate) fn estimate(&self, job: &Job) -> Option<Cost> {
        let of_seconds = match job.model.kind {
            MediaKind::Picture => 0,
            _ => self.per_second_micros.saturating_mul(self.seconds_of(job)),
        };
        let micros = self.per_job_micros.saturating_add(of_seconds);
        let resolution = chosen(job, RESOLUTION).and_then(Scalar::as_text);
        let percent = resolution.and_then(|size| self.resolution_percent.get(size));
        let micros = micros.saturating_mul(percent.copied().unwrap_or(100).into()) / 100;
        self.cost(micros)
    }

    /// The cost of a finished job whose working time the provider reported.
    pub(crate) fn billed(&self, billed_ms: u64) -> Option<Cost> {
        if self.per_billed_second_micros == 0 {
            return None;
        }
        let worked = self.per_billed_second_micros.saturating_mul(billed_ms).div_ceil(1000);
        self.cost(self.per_job_micros.saturating_add(worked))
    }

    fn seconds_of(&self, job: &Job) -> u64 {
        let seconds = chosen(job, SECONDS).and_then(Scalar::as_integer);
        seconds.and_then(|seconds| seconds.try_into().ok()).unwrap_or(self.seconds.into())
    }

    fn cost(&self, micros: u64) -> Option<Cost> {
        (micros > 0).then(|| Cost { currency: self.currency.clone(), micros })
    }
}

/// The value of an option: the chosen one, or else the model's default.
fn chosen<'j>(job: &'j Job, option: &str) -> Option<&'j Scalar> {
    let default = || job.model.option(option).and_then(|option| option.default.as_ref());
    job.options.get(option).or_else(default)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(toml: &str) -> CostSettings {
        toml::from_str(&format!("currency = 'USD'\n{toml}")).unwrap()
    }

    fn estimate(toml: &str, options: &[(&'static str, Scalar)]) -> Option<u64> {
        let mut job = Job::example(MediaKind::Video, options);
        job.model.options.to_mut().clear();
        settings(toml).estimate(&job).map(|cost| cost.micros)
    }

    #[test]
    fn a_job_costs_what_the_table_says() {
        let by_second = "per_second_micros = 35000\nseconds = 5";
        let by_size = format!("{by_second}\nresolution_percent = {{ '1080p' = 200, '540p' = 50 }}");
        let (ten, large) = ((SECONDS, Scalar::Integer(10)), (RESOLUTION, Scalar::from("1080p")));
        for (toml, options, micros) in [
            ("per_job_micros = 250000", vec![], Some(250_000)),
            ("per_job_micros = 250000", vec![ten.clone()], Some(250_000)),
            (by_second, vec![], Some(175_000)),
            (by_second, vec![ten.clone()], Some(350_000)),
            (by_size.as_str(), vec![ten.clone(), large.clone()], Some(700_000)),
            (by_size.as_str(), vec![(RESOLUTION, "720p".into())], Some(175_000)),
            (by_size.as_str(), vec![(RESOLUTION, "540p".into())], Some(87_500)),
            ("per_job_micros = 1\nper_second_micros = 2\nseconds = 5", vec![ten], Some(21)),
            ("per_billed_second_micros = 1400", vec![large], None),
        ] {
            assert_eq!(estimate(toml, &options), micros, "{toml} {options:?}");
        }
    }

    #[test]
    fn the_models_own_length_counts_where_none_was_chosen() {
        let mut job = Job::example(MediaKind::Video, &[]);
        let seconds = job.model.options.to_mut().iter_mut().find(|option| option.id == SECONDS);
        seconds.unwrap().default = Some(Scalar::Integer(8));
        let cost = settings("per_second_micros = 10\nseconds = 5").estimate(&job).unwrap();
        assert_eq!(cost.micros, 80);
        job.model.kind = MediaKind::Picture;
        assert_eq!(settings("per_second_micros = 10\nseconds = 5").estimate(&job), None);
    }

    #[test]
    fn what_the_provider_has_worked_is_counted_to_the_millisecond() {
        let billed = |toml: &str, ms| settings(toml).billed(ms).map(|cost| cost.micros);
        assert_eq!(billed("per_billed_second_micros = 1400", 2500), Some(3500));
        assert_eq!(billed("per_billed_second_micros = 1400\nper_job_micros = 10", 1), Some(12));
        assert_eq!(billed("per_job_micros = 10", 2500), None);
        assert_eq!(billed("per_billed_second_micros = 1400", u64::MAX), Some(u64::MAX / 1000 + 1));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let check = |toml: &str| {
            let settings: CostSettings = toml::from_str(toml).unwrap();
            settings.check(false).map_err(|error| error.to_string())
        };
        assert_eq!(check("currency = 'EUR'\nper_job_micros = 1"), Ok(()));
        for (toml, why) in [
            ("currency = 'usd'\nper_job_micros = 1", "three capital letters"),
            ("currency = 'USD'", "name per_job_micros"),
            ("currency = 'USD'\nper_second_micros = 1", "needs seconds"),
            ("currency = 'USD'\nper_job_micros = 1000000000001", "a million units"),
            (
                "currency = 'USD'\nper_job_micros = 1\nresolution_percent = { '4k' = 0 }",
                "from 1 to 10000",
            ),
            ("currency = 'USD'\nper_billed_second_micros = 1", "does not say how long"),
        ] {
            assert!(check(toml).unwrap_err().contains(why), "{toml}");
        }
    }
}
