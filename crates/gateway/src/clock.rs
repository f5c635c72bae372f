//! The time of day, in the one unit that the gateway keeps: milliseconds since 1970 (UTC).

use std::ops::Range;
use std::time::{SystemTime, UNIX_EPOCH};

/// The milliseconds of 24 hours.
pub const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// The last 24 hours: after the first time, up to the second. What was recorded while the clock was
/// ahead is not within them: setting a clock back counts against no client. A minute is allowed for
/// small corrections.
pub fn last_day_ms() -> (u64, u64) {
    let now_ms = now_ms();
    (now_ms.saturating_sub(DAY_MS), now_ms + 60_000)
}

/// The day (UTC) of a moment, in days since 1970.
pub fn day_of(ms: u64) -> u64 {
    ms / DAY_MS
}

/// A day as year, month and day of the month, in the Gregorian calendar.
fn civil(day: u64) -> (u64, u64, u64) {
    // Counted in eras of 400 years and years from the 1st of March, so that a leap day is the last
    // of its year (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    let shifted = day + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    let january = u64::from(month >= 10);
    (era * 400 + year + january, if month < 10 { month + 3 } else { month - 9 }, of_month)
}

/// The day of a date; another day if the date is not in the calendar.
fn day_of_civil(year: u64, month: u64, of_month: u64) -> u64 {
    let year = year - u64::from(month <= 2);
    let (era, of_era) = (year / 400, year % 400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + of_month - 1;
    let days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    (era * 146_097 + days).saturating_sub(719_468)
}

/// The days of the calendar month that a day is in.
pub fn month_of(day: u64) -> Range<u64> {
    let (year, month, _) = civil(day);
    let next = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    day_of_civil(year, month, 1)..day_of_civil(next.0, next.1, 1)
}

/// A day as `2026-01-31`.
pub fn date_of(day: u64) -> String {
    let (year, month, of_month) = civil(day);
    format!("{year:04}-{month:02}-{of_month:02}")
}

/// A moment as `2026-01-31T23:59:59.123Z` (RFC 3339).
pub fn timestamp(ms: u64) -> String {
    let (day, of_day) = (ms / DAY_MS, ms % DAY_MS);
    let (hours, minutes) = (of_day / 3_600_000, of_day / 60_000 % 60);
    let (seconds, millis) = (of_day / 1000 % 60, of_day % 1000);
    format!("{}T{hours:02}:{minutes:02}:{seconds:02}.{millis:03}Z", date_of(day))
}

/// The day that a date like `2026-01-31` names.
pub fn parse_date(date: &str) -> Option<u64> {
    let (year, rest) = date.split_once('-')?;
    let (month, of_month) = rest.split_once('-')?;
    let number = |text: &str, digits: usize| {
        let well_formed = text.len() == digits && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<u64>().ok().filter(|_| well_formed)
    };
    let (year, month, of_month) = (number(year, 4)?, number(month, 2)?, number(of_month, 2)?);
    if year < 1970 || !(1..=12).contains(&month) {
        return None;
    }
    // The 31st of April is no date.
    let day = day_of_civil(year, month, of_month);
    (civil(day) == (year, month, of_month)).then_some(day)
}

/// Now. A clock before 1970 reads as 0.
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (date, day) in [
            ("1970-01-01", 0),
            ("1972-02-29", 789),
            ("2000-03-01", 11_017),
            ("2026-11-26", 20_783),
            ("2100-03-01", 47_541),
        ] {
            assert_eq!((parse_date(date), date_of(day).as_str()), (Some(day), date));
        }
        for text in [
            "",
            "2026-1-1",
            "2026-02-30",
            "2100-02-29",
            "1969-12-31",
            "2026-13-01",
            "2026-00-10",
            "2026-04-00",
            "+026-01-01",
            "2026-01-01T",
            "20260101",
        ] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }

    #[test]
    fn every_day_has_one_date_and_months_follow_each_other() {
        let mut month = month_of(0);
        for day in 0..60_000 {
            assert_eq!(parse_date(&date_of(day)), Some(day));
            if day == month.end {
                let before = month;
                month = month_of(day);
                assert_eq!(before.end, month.start);
                assert!((28..=31).contains(&(month.end - month.start)));
            }
            assert!(month.contains(&day) && month_of(day) == month);
        }
    }

    #[test]
    fn moments_are_written_as_the_standard_says() {
        assert_eq!(timestamp(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(timestamp(1_769_903_999_123), "2026-01-31T23:59:59.123Z");
    }
}
