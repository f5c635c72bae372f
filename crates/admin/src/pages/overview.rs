//! The overview: the live state and the newest generations; and the last days by model and
//! provider.

use std::time::Duration;

use ai_now_protocol::api::Generation;
use leptos::prelude::*;

use super::generation_table::state;
use super::live::follow;
use super::providers::ProviderTable;
use crate::answers::{
    AdminEvent, AdminGeneration, AdminGenerationList, ChangedGeneration, Day, ModelProviderTotals,
    Now, Overview, Price,
};
use crate::components::bar_chart::{Chart, Shape};
use crate::components::shown::shown;
use crate::components::table::{Table, cell, facts, foreign, link};
use crate::load::{Load, load};
use crate::route::{Page, Route};
use crate::texts::{Texts, use_texts};
use crate::words as w;

/// How many of the newest generations are shown.
const LATEST: usize = 8;

/// The pause before the totals of days are reloaded after a generation has ended.
const PAUSE: Duration = Duration::from_secs(5);

/// The page.
#[component]
pub(crate) fn OverviewPage() -> impl IntoView {
    let texts = use_texts();
    let overview: Load<Overview> = load(|| "overview".to_owned()).settled();
    let now = RwSignal::new(None::<Now>);
    Effect::new(move |_| {
        // Until the stream says more.
        if let Some(Ok(overview)) = overview.answer.get()
            && now.with_untracked(Option::is_none)
        {
            now.set(Some(overview.now));
        }
    });
    let latest = latest_generations();
    let waits = StoredValue::new(false);
    follow(move |event| match event {
        AdminEvent::Now(told) => _ = now.try_set(Some(told)),
        AdminEvent::Generation(changed) => {
            let has_ended = changed.state.is_final();
            let _ = latest.try_update(|latest| {
                put_first(latest.get_or_insert_default(), changed);
            });
            if has_ended && waits.try_get_value() == Some(false) {
                waits.set_value(true);
                let again = move || {
                    let _ = waits.try_set_value(false);
                    overview.again();
                };
                set_timeout(again, PAUSE);
            }
        }
        AdminEvent::Missed => overview.again(),
    });
    view! {
        <section>
            <h2>{texts.text(w::NOW)}</h2>
            {move || now.get().map(|now| happening(now, texts))}
            <LatestGenerations latest=latest />
        </section>
        <section>
            <h2>{texts.text(w::LAST_DAYS)}</h2>
            {shown(overview, move |found: Overview| lately(found, texts))}
        </section>
    }
    .into_any()
}

/// The newest generations, as they were when the page was opened. `None`: they are not known yet.
fn latest_generations() -> RwSignal<Option<Vec<ChangedGeneration>>> {
    let latest = RwSignal::new(None);
    let list: Load<AdminGenerationList> = load(|| format!("generations?limit={LATEST}"));
    Effect::new(move |_| {
        let Some(Ok(list)) = list.answer.get() else { return };
        latest.update(|latest: &mut Option<Vec<_>>| {
            // The stream's events since then are newer.
            let told = latest.take().unwrap_or_default();
            let mut all = list.generations.into_iter().map(changed).collect();
            told.into_iter().rev().for_each(|changed| put_first(&mut all, changed));
            *latest = Some(all);
        });
    });
    latest
}

fn changed(AdminGeneration { generation, .. }: AdminGeneration) -> ChangedGeneration {
    let Generation { id, model, state, .. } = generation;
    ChangedGeneration { id, model, state }
}

fn put_first(latest: &mut Vec<ChangedGeneration>, changed: ChangedGeneration) {
    latest.retain(|known| known.id != changed.id);
    latest.insert(0, changed);
    latest.truncate(LATEST);
}

fn happening(now: Now, texts: Texts) -> AnyView {
    let open = now.providers.iter().filter(|provider| provider.breaker_open).count() as u64;
    let rows = vec![
        (w::RUNNING, cell(texts.number(now.running))),
        (w::WAITING, cell(texts.number(now.waiting))),
        (w::UNDER_WAY, cell(texts.number(now.active))),
        (w::BREAKERS_OPEN, cell(texts.number(open))),
    ];
    view! {
        {facts(rows)}
        <ProviderTable providers=now.providers />
    }
    .into_any()
}

/// The newest generations, as they come and go.
#[component]
fn LatestGenerations(
    /// The newest first, once they are known.
    latest: RwSignal<Option<Vec<ChangedGeneration>>>,
) -> impl IntoView {
    let texts = use_texts();
    let row = move |changed: ChangedGeneration| {
        let href = Route::to(Page::Generation(changed.id.clone())).href();
        vec![link(href, changed.id), cell(changed.model), state(changed.state, texts)]
    };
    let table = move |latest: Vec<ChangedGeneration>| {
        let rows = latest.into_iter().map(row).collect();
        let columns = vec![(w::ID, false), (w::MODEL, false), (w::STATE, false)];
        view! { <Table caption=w::LATEST columns=columns rows=rows empty=w::NO_GENERATIONS /> }
    };
    view! { {move || latest.get().map(table)} }
}

fn lately(found: Overview, texts: Texts) -> AnyView {
    let Overview { days, total, by_model_and_provider, price, .. } = found;
    let ended = total.completed + total.failed + total.cancelled;
    let costs = total.costs.iter().map(|cost| (cost.currency.as_str(), cost.micros));
    let mut sums = vec![
        (w::TOKENS, cell(texts.number(total.tokens))),
        (w::GENERATIONS, cell(texts.number(ended))),
        (w::STATE_COMPLETED, cell(texts.number(total.completed))),
        (w::STATE_FAILED, cell(texts.number(total.failed))),
        (w::STATE_CANCELLED, cell(texts.number(total.cancelled))),
        (w::STATE_REFUNDED, cell(texts.number(total.refunded))),
        (w::SUCCESS, cell(texts.share(total.completed, total.completed + total.failed))),
        (w::COST, cell(texts.sums(costs))),
    ];
    if let Some((price, micros)) = price.as_ref().zip(total.value_micros) {
        sums.push((w::WORTH, cell(texts.money(&price.currency, micros))));
    }
    view! {
        {facts(sums)}
        {charts(&days, price.as_ref(), texts)}
        {model_provider_table(&by_model_and_provider, texts)}
    }
    .into_any()
}

/// The tokens of each day; and the money, where a token is worth some. Where more was given back than
/// charged, there is nothing.
fn charts(days: &[Day], price: Option<&Price>, texts: Texts) -> AnyView {
    let at_least_none = |n: i64| u64::try_from(n).unwrap_or(0);
    let tokens = days.iter().map(|day| (texts.day(&day.day), at_least_none(day.tokens)));
    let tokens = tokens.collect();
    let money = price.map(|price| {
        let worth = |day: &Day| at_least_none(day.value_micros.unwrap_or(0));
        let values = days.iter().map(|day| (texts.day(&day.day), worth(day))).collect();
        let currency = price.currency.clone();
        view! {
            <Chart
                title=w::MONEY_BY_DAY
                names=w::DAY
                values_are=w::WORTH
                values=values
                shape=Shape::Bars
                currency=currency
            />
        }
    });
    view! {
        <div class="charts">
            <Chart
                title=w::TOKENS_BY_DAY
                names=w::DAY
                values_are=w::TOKENS
                values=tokens
                shape=Shape::Bars
            />
            {money}
        </div>
    }
    .into_any()
}

fn model_provider_table(all: &[ModelProviderTotals], texts: Texts) -> AnyView {
    let columns = vec![
        (w::MODEL, false),
        (w::PROVIDER, false),
        (w::STATE_COMPLETED, true),
        (w::STATE_FAILED, true),
        (w::STATE_CANCELLED, true),
        (w::SUCCESS, true),
        (w::MEAN_TIME, true),
    ];
    let named = |name: &String| foreign(if name.is_empty() { "–" } else { name.as_str() });
    let row = |total: &ModelProviderTotals| {
        let mean = total.mean_ms.map(|ms| texts.secs(ms as f64 / 1000.0));
        vec![
            named(&total.model),
            named(&total.provider),
            cell(texts.number(total.completed)),
            cell(texts.number(total.failed)),
            cell(texts.number(total.cancelled)),
            cell(texts.share(total.completed, total.completed + total.failed)),
            cell(mean.unwrap_or_else(|| "–".to_owned())),
        ]
    };
    let rows = all.iter().map(row).collect();
    view! { <Table caption=w::BY_MODEL columns=columns rows=rows empty=w::NO_USAGE /> }.into_any()
}
