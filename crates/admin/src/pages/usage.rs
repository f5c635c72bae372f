//! What generations came to: by day, key, model, provider or outcome, and as CSV.

use leptos::prelude::*;

use crate::answers::{Price, UsageReport};
use crate::components::bar_chart::{Chart, Shape};
use crate::components::download::Download;
use crate::components::field::{Field, Select};
use crate::components::filters::{filter_form, filters};
use crate::components::shown::shown;
use crate::components::table::{Table, cell};
use crate::load::{Load, load};
use crate::navigation::use_route;
use crate::summary::{By, Sum, add_up, each_day, total};
use crate::texts::{Texts, use_texts};
use crate::words::{self as w, Word};

const BY: &str = "by";
const FILTERS: [&str; 4] = ["from", "to", "key", BY];

/// The page.
#[component]
pub(crate) fn UsagePage() -> impl IntoView {
    let texts = use_texts();
    let route = use_route();
    // By what it is added up is the page's own business: nothing is asked anew for it.
    let query = Memo::new(move |_| route.get().with(BY, "").query());
    let usage: Load<UsageReport> = load(move || ["usage", &query.get()].concat());
    let by = Memo::new(move |_| By::named(route.with(|route| route.get(BY).to_owned()).as_str()));
    let report = shown(usage, move |report: UsageReport| {
        view! { {move || view(&report, by.get(), texts)} }.into_any()
    });
    view! {
        <Filters />
        {report}
    }
    .into_any()
}

fn view(report: &UsageReport, by: By, texts: Texts) -> AnyView {
    let names = word_of(by);
    let price = report.price.as_ref();
    let mut columns = vec![
        (names, false),
        (w::TOKENS, true),
        (w::GENERATIONS, true),
        (w::STATE_COMPLETED, true),
        (w::STATE_FAILED, true),
        (w::STATE_CANCELLED, true),
        (w::SUCCESS, true),
        (w::COST, true),
    ];
    if price.is_some() {
        columns.push((w::WORTH, true));
    }
    let all = Sum { name: texts.text(w::TOTAL).to_owned(), ..total(&report.rows) };
    let mut sums = add_up(&report.rows, by);
    if by == By::Day {
        // The newest rows first.
        sums.reverse();
    }
    let has_rows = !sums.is_empty();
    let name = move |sum: &Sum| match by {
        By::Day => texts.day(&sum.name),
        By::Outcome => texts.state(&sum.name),
        _ if sum.name.is_empty() => "–".to_owned(),
        _ => sum.name.clone(),
    };
    let mut rows: Vec<_> = sums.iter().map(|sum| row(name(sum), sum, price, texts)).collect();
    if has_rows {
        rows.push(row(all.name.clone(), &all, price, texts));
    }
    view! {
        {tokens_by_day(report, texts)}
        <Table caption=w::USAGE columns=columns rows=rows empty=w::NO_USAGE />
    }
    .into_any()
}

/// The tokens of each day, as a chart. Where more was given back than charged, there is nothing.
fn tokens_by_day(report: &UsageReport, texts: Texts) -> AnyView {
    let days = each_day(&report.rows, &report.from, &report.to);
    let values =
        days.into_iter().map(|day| (texts.day(&day.name), u64::try_from(day.tokens).unwrap_or(0)));
    view! {
        <Chart
            title=w::TOKENS_BY_DAY
            names=w::DAY
            values_are=w::TOKENS
            values=values.collect()
            shape=Shape::Bars
        />
    }
    .into_any()
}

fn row(name: String, sum: &Sum, price: Option<&Price>, texts: Texts) -> Vec<AnyView> {
    let costs = sum.costs.iter().map(|(currency, micros)| (currency.as_str(), *micros));
    let mut cells = vec![
        cell(name),
        cell(texts.number(sum.tokens)),
        cell(texts.number(sum.ended())),
        cell(texts.number(sum.completed)),
        cell(texts.number(sum.failed)),
        cell(texts.number(sum.cancelled)),
        cell(texts.share(sum.completed, sum.completed + sum.failed)),
        cell(texts.sums(costs)),
    ];
    if let Some(price) = price {
        let micros = i128::from(sum.tokens) * i128::from(price.token_micros);
        cells.push(cell(texts.money(&price.currency, micros)));
    }
    cells
}

fn word_of(by: By) -> Word {
    match by {
        By::Day => w::DAY,
        By::Key => w::KEY,
        By::Model => w::MODEL,
        By::Provider => w::PROVIDER,
        By::Outcome => w::OUTCOME,
    }
}

#[component]
fn Filters() -> impl IntoView {
    let texts = use_texts();
    let route = use_route();
    let values = filters(&FILTERS);
    let [from, to, key, by] = values;
    let csv = Callback::new(move |()| {
        let query = route.get_untracked().with(BY, "").with("format", "csv").query();
        ["usage", &query].concat()
    });
    let choices = By::ALL.map(|(name, by)| (name.to_owned(), texts.text(word_of(by)).to_owned()));
    let fields = view! {
        <Field label=w::FROM_DAY value=from kind="date" />
        <Field label=w::TO_DAY value=to kind="date" />
        <Field label=w::KEY value=key />
        <Select label=w::ADDED_UP_BY value=by choices=Signal::stored(choices.to_vec()) />
    };
    let buttons = view! {
        <button type="submit">{texts.text(w::SHOW)}</button>
        <Download label=w::DOWNLOAD_CSV name="usage.csv" path=csv />
    };
    filter_form(&FILTERS, &values, fields.into_any(), buttons.into_any())
}
