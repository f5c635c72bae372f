//! Lists of numbered rows, page by page: the newest first, each page before a number.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::error::Problem;

/// Which part of a list.
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

const PAGE: u32 = 50;
const PAGE_MAX: u32 = 200;

impl Page {
    /// The number that the page's rows come before.
    pub(crate) fn before(&self) -> Result<i64, Problem> {
        let Some(before) = &self.before else { return Ok(i64::MAX) };
        let digits = before.len() <= 18 && before.bytes().all(|b| b.is_ascii_digit());
        let before = before.parse().ok().filter(|_| digits);
        before.ok_or_else(|| Problem::invalid_parameter("before", "the `next` of another page"))
    }

    /// How many rows the page has at most.
    pub(crate) fn limit(&self) -> Result<u32, Problem> {
        let Some(limit) = &self.limit else { return Ok(PAGE) };
        let digits = limit.bytes().all(|b| b.is_ascii_digit());
        let limit = limit.parse().ok().filter(|limit| digits && (1..=PAGE_MAX).contains(limit));
        limit.ok_or_else(|| Problem::invalid_parameter("limit", "from 1 to 200"))
    }
}

/// Takes the row off that only told that there are more, and returns where they begin.
pub(super) fn next<T>(rows: &mut Vec<T>, limit: u32, id: impl Fn(&T) -> i64) -> Option<String> {
    let limit = limit as usize;
    let more = rows.len() > limit;
    rows.truncate(limit);
    rows.last().filter(|_| more).map(|row| id(row).to_string())
}
