//! The totals of a usage report. Pure: it must not know how they are shown.

use std::collections::BTreeMap;

use crate::answers::UsageRow;

/// By what rows are added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The day on which they ended.
    Day,
    /// The key.
    Key,
    /// The model.
    Model,
    /// The provider.
    Provider,
    /// How they ended.
    Outcome,
}

impl By {
    /// All, with the name of each in an address.
    pub const ALL: [(&str, Self); 5] = [
        ("day", Self::Day),
        ("key", Self::Key),
        ("model", Self::Model),
        ("provider", Self::Provider),
        ("outcome", Self::Outcome),
    ];

    /// The one of that name in an address; by day where there is none.
    pub fn named(name: &str) -> Self {
        Self::ALL.iter().find(|(known, _)| *known == name).map_or(Self::Day, |(_, by)| *by)
    }

    fn of(self, row: &UsageRow) -> &str {
        match self {
            Self::Day => &row.day,
            Self::Key => &row.key,
            Self::Model => &row.model,
            Self::Provider => &row.provider,
            Self::Outcome => &row.outcome,
        }
    }
}

/// What rows add up to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// What they have in common.
    pub name: String,
    /// How many generations were completed.
    pub completed: u64,
    /// How many failed.
    pub failed: u64,
    /// How many were cancelled.
    pub cancelled: u64,
    /// What was charged, less what was given back.
    pub tokens: i64,
    /// What they cost at providers, in millionths of a unit of each currency.
    pub costs: BTreeMap<String, u64>,
}

impl Sum {
    /// How many generations ended.
    pub fn ended(&self) -> u64 {
        self.completed + self.failed + self.cancelled
    }

    fn add(&mut self, row: &UsageRow) {
        self.tokens += row.tokens;
        for cost in row.costs.iter().flatten() {
            *self.costs.entry(cost.currency.clone()).or_default() += cost.micros;
        }
        match row.outcome.as_str() {
            "completed" => self.completed += row.generations,
            "failed" => self.failed += row.generations,
            "cancelled" => self.cancelled += row.generations,
            // A refund is no end of its own.
            _ => {}
        }
    }
}

/// The rows added up: days in their order, all else the most generations first.
pub fn add_up(rows: &[UsageRow], by: By) -> Vec<Sum> {
    let mut sums: BTreeMap<&str, Sum> = BTreeMap::new();
    for row in rows {
        sums.entry(by.of(row)).or_default().add(row);
    }
    let named = sums.into_iter().map(|(name, sum)| Sum { name: name.to_owned(), ..sum });
    let mut sums: Vec<Sum> = named.collect();
    if by != By::Day {
        sums.sort_by_key(|sum| std::cmp::Reverse(sum.ended()));
    }
    sums
}

/// All of them added up.
pub fn total(rows: &[UsageRow]) -> Sum {
    let mut sum = Sum::default();
    rows.iter().for_each(|row| sum.add(row));
    sum
}

/// The sum of each day of a period, those on which nothing ended too.
pub fn each_day(rows: &[UsageRow], from: &str, to: &str) -> Vec<Sum> {
    let sums = add_up(rows, By::Day);
    let mut days = Vec::new();
    let mut day = from.to_owned();
    // A report is of a year at most: more is an answer that can't be right.
    while *day <= *to && days.len() < DAYS_MAX {
        let found = sums.iter().find(|sum| sum.name == day).cloned();
        let next = day_after(&day);
        days.push(found.unwrap_or(Sum { name: day, ..Sum::default() }));
        let Some(next) = next else { break };
        day = next;
    }
    days
}

const DAYS_MAX: usize = 366;

/// The day after one, both like `2026-01-31`.
fn day_after(day: &str) -> Option<String> {
    let mut parts = day.splitn(3, '-').map(|part| part.parse::<u32>().ok());
    let (year, month, date) = (parts.next()??, parts.next()??, parts.next()??);
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + u32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let (year, month, date) = match (month, date) {
        (12, 31) => (year + 1, 1, 1),
        (month, date) if date >= last => (year, month + 1, 1),
        (month, date) => (year, month, date + 1),
    };
    Some(format!("{year:04}-{month:02}-{date:02}"))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    fn row(day: &str, model: &str, outcome: &str, generations: u64, tokens: i64) -> UsageRow {
        UsageRow {
            day: day.into(),
            key: "key-a".into(),
            model: model.into(),
            provider: "sketch".into(),
            outcome: outcome.into(),
            generations,
            tokens,
            costs: Some(vec![crate::answers::Sum { currency: "USD".into(), micros: 5 }]),
        }
    }

    #[test]
    fn whatever_they_are_added_up_by_the_total_is_the_same() {
        let rows = [
            row("2026-01-01", "suno", "completed", 3, 30),
            row("2026-01-01", "pika", "failed", 5, 0),
            row("2026-01-02", "suno", "cancelled", 1, 0),
            row("2026-01-02", "suno", "refunded", 1, -10),
        ];
        let all = total(&rows);
        assert_eq!((all.ended(), all.tokens), (9, 20));
        for (_, by) in By::ALL {
            let sums = add_up(&rows, by);
            assert_eq!(sums.iter().map(Sum::ended).sum::<u64>(), 9, "{by:?}");
            assert_eq!(sums.iter().map(|sum| sum.tokens).sum::<i64>(), 20, "{by:?}");
            assert_eq!(sums.iter().map(|sum| sum.costs["USD"]).sum::<u64>(), 20, "{by:?}");
        }
        assert_eq!(add_up(&rows, By::Model)[0].name, "pika");
        assert_eq!(add_up(&rows, By::Day)[0].name, "2026-01-01");
    }

    #[test]
    fn days_without_anything_are_there_too() {
        let rows = [row("2024-02-29", "suno", "completed", 1, 10)];
        let days = each_day(&rows, "2024-02-27", "2024-03-02");
        let names: Vec<_> = days.iter().map(|day| day.name.as_str()).collect();
        assert_eq!(names, ["2024-02-27", "2024-02-28", "2024-02-29", "2024-03-01", "2024-03-02"]);
        assert_eq!(days.iter().map(|day| day.tokens).collect::<Vec<_>>(), [0, 0, 10, 0, 0]);
        assert_eq!(each_day(&[], "2025-12-31", "2026-01-01").len(), 2);
        assert_eq!(each_day(&[], "1000-01-01", "9999-12-31").len(), DAYS_MAX);
        assert_eq!(each_day(&[], "soon", "sooner").len(), 1);
    }
}
