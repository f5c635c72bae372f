//! A chart with a description in words, and with the same numbers as a table below it. It must not
//! know what the numbers mean.

use leptos::prelude::*;

use super::table::{Table, cell};
use crate::chart::{HEIGHT, WIDTH, bars, steps, top};
use crate::texts::{Texts, use_texts};
use crate::words::{self as w, Word};

/// How values are drawn.
pub(crate) enum Shape {
    /// A bar for each.
    Bars,
    /// A line, which stays at each until the next one.
    Steps {
        /// When each began, in milliseconds since 1970.
        at_ms: Vec<u64>,
    },
}

/// A chart of values, each with a name.
#[component]
pub(crate) fn Chart(
    /// What it shows.
    title: Word,
    /// What the names are.
    names: Word,
    /// What the values are.
    values_are: Word,
    /// The names and values, in their order.
    values: Vec<(String, u64)>,
    /// How they are drawn.
    shape: Shape,
    /// Their currency, where they are millionths of a unit of money.
    #[prop(optional, into)]
    currency: Option<String>,
) -> impl IntoView {
    let texts = use_texts();
    let write = |value: u64| match &currency {
        Some(currency) => texts.money(currency, value),
        None => texts.number(value),
    };
    let numbers: Vec<u64> = values.iter().map(|(_, value)| *value).collect();
    let drawn = match &shape {
        Shape::Bars => drawn_bars(&values, &numbers, &write),
        Shape::Steps { at_ms } => view! { <polyline points=steps(at_ms, &numbers) /> }.into_any(),
    };
    let (first, last) = (values.first().cloned(), values.last().cloned());
    let ends = [first, last].map(|end| end.map_or_else(String::new, |(name, _)| name));
    let about = about(texts, &shape, &ends, &numbers, &write);
    let rows = values.into_iter().map(|(name, value)| vec![cell(name), cell(write(value))]);
    let rows: Vec<_> = rows.collect();
    let label = [texts.text(title), ": ", &about].concat();
    let [from, to] = ends;
    view! {
        <figure class="chart">
            <figcaption>{texts.text(title)}</figcaption>
            <p class="scale" aria-hidden="true">
                {write(top(&numbers))}
            </p>
            <svg
                role="img"
                aria-label=label
                viewBox=format!("0 0 {WIDTH} {HEIGHT}")
                preserveAspectRatio="none"
            >
                {drawn}
            </svg>
            <p class="ends" aria-hidden="true">
                <span>{from}</span>
                <span>{to}</span>
            </p>
            <details>
                <summary>{texts.text(w::AS_A_TABLE)}</summary>
                <Table caption=title columns=vec![(names, false), (values_are, true)] rows=rows empty=w::NOTHING_YET />
            </details>
        </figure>
    }
    .into_any()
}

/// A bar for each value, which says its own when it is pointed at.
fn drawn_bars(values: &[(String, u64)], numbers: &[u64], write: &dyn Fn(u64) -> String) -> AnyView {
    let bars = values.iter().zip(bars(numbers)).map(|((name, value), bar)| {
        view! {
            <rect
                x=bar.x.to_string()
                y=bar.y.to_string()
                width=bar.width.to_string()
                height=bar.height.to_string()
            >
                <title>{[name, ": ", &write(*value)].concat()}</title>
            </rect>
        }
    });
    bars.collect_view().into_any()
}

/// The chart in a sentence.
fn about(
    texts: Texts,
    shape: &Shape,
    [from, to]: &[String; 2],
    numbers: &[u64],
    write: &dyn Fn(u64) -> String,
) -> String {
    let sentence = match shape {
        Shape::Bars => w::CHART_OF_BARS,
        Shape::Steps { .. } => w::CHART_OF_STEPS,
    };
    let total = write(numbers.iter().sum());
    let highest = write(numbers.iter().copied().max().unwrap_or(0));
    texts.fill(sentence, &[("from", from), ("to", to), ("total", &total), ("highest", &highest)])
}
