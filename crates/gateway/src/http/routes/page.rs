//! Pagination: lists with the newest first, each page after a position; and query parameters with a
//! number or a name.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::clock::parse_date;
use crate::http::allowed;
use crate::http::error::Problem;

/// The most rows of a page.
pub(super) const LIMIT_MAX: u32 = 200;

/// The part of a list of numbered rows.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// The `next` of the page before. Absent: the newest.
    #[param(pattern = "^[0-9]{1,18}$")]
    before: Option<String>,
    /// How many, from 1 to 200.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, default = 50)]
    limit: Option<String>,
}

impl Page {
    /// The number that the page's rows come before.
    pub(crate) fn before(&self) -> Result<i64, Problem> {
        let Some(before) = &self.before else { return Ok(i64::MAX) };
        let digits = before.len() <= 18 && before.bytes().all(|b| b.is_ascii_digit());
        let before = before.parse().ok().filter(|_| digits);
        before.ok_or_else(|| Problem::invalid_parameter("before", allowed::page()))
    }

    /// How many rows the page has at most.
    pub(crate) fn limit(&self) -> Result<u32, Problem> {
        number("limit", self.limit.as_deref(), 50, LIMIT_MAX)
    }
}

/// A number of a query from 1 to the most there may be.
///
/// # Errors
/// 400 if it is not one.
pub(crate) fn number(
    name: &'static str,
    given: Option<&str>,
    default: u32,
    most: u32,
) -> Result<u32, Problem> {
    let Some(given) = given else { return Ok(default) };
    let digits = given.bytes().all(|b| b.is_ascii_digit());
    let number = given.parse().ok().filter(|number| digits && (1..=most).contains(number));
    number.ok_or_else(|| Problem::invalid_parameter(name, allowed::range(1, most.into())))
}

/// A day of a query, in days since 1970.
///
/// # Errors
/// 400, where it is none.
pub(crate) fn day(name: &'static str, given: Option<&str>) -> Result<Option<u64>, Problem> {
    let wrong = || Problem::invalid_parameter(name, allowed::day());
    given.map(|date| parse_date(date).ok_or_else(wrong)).transpose()
}

/// The format that a query names, or the first of those that there are.
///
/// # Errors
/// 400 if there is no such format.
pub(crate) fn format<T: Copy>(given: Option<&str>, known: [(&str, T); 2]) -> Result<T, Problem> {
    let Some(given) = given else { return Ok(known[0].1) };
    let found = known.iter().find(|(name, _)| *name == given).map(|(_, format)| *format);
    found.ok_or_else(|| {
        Problem::invalid_parameter("format", allowed::values(known.map(|(name, _)| name)))
    })
}

/// Removes the extra row that shows that there are more, and returns where they begin.
pub(crate) fn next<T>(
    rows: &mut Vec<T>,
    limit: u32,
    place: impl Fn(&T) -> String,
) -> Option<String> {
    let limit = limit as usize;
    let more = rows.len() > limit;
    rows.truncate(limit);
    rows.last().filter(|_| more).map(place)
}
