//! The messages to a webhook, each with its tries, and sending one again.

use gloo_net::http::Method;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::answers::{DeliveryAttempt, DeliveryPage, WebhookDelivery};
use crate::api::use_api;
use crate::components::pager::Pager;
use crate::components::shown::shown;
use crate::components::status::use_status;
use crate::components::table::{Table, cell, foreign};
use crate::load::{Load, watch};
use crate::navigation::use_route;
use crate::route::{BEFORE, escaped};
use crate::texts::{Texts, use_texts};
use crate::words as w;

/// The section.
#[component]
pub(crate) fn Deliveries(
    /// The webhook's address.
    path: String,
) -> impl IntoView {
    let texts = use_texts();
    let api = use_api();
    let route = use_route();
    let path = [&path, "/deliveries"].concat();
    let list: Load<DeliveryPage> = watch({
        let path = path.clone();
        move || {
            let before = route.with(|route| escaped(route.get(BEFORE)));
            let before = if before.is_empty() { before } else { ["&before=", &before].concat() };
            [&path, "?limit=20", &before].concat()
        }
    });
    let table = shown(list, move |page: DeliveryPage| {
        let mut columns = vec![
            (w::EVENT, false),
            (w::TIME, false),
            (w::STATE, false),
            (w::TRIES, false),
            (w::MESSAGE_ID, false),
        ];
        if api.may_change() {
            columns.push((w::SEND_AGAIN, false));
        }
        let row = |delivery: WebhookDelivery| {
            let again = [&path, "/", &delivery.id.to_string(), "/replay"].concat();
            let label = [texts.text(w::SEND_AGAIN), ": ", &delivery.message].concat();
            let mut cells = cells(delivery, texts);
            if api.may_change() {
                cells.push(view! { <Replay path=again label=label list=list /> }.into_any());
            }
            cells
        };
        let rows = page.deliveries.into_iter().map(row).collect();
        view! {
            <Table caption=w::MESSAGES columns=columns rows=rows empty=w::NO_MESSAGES />
            <Pager route=route.get_untracked() next=page.next />
        }
        .into_any()
    });
    view! {
        <section>
            <h2>{texts.text(w::MESSAGES)}</h2>
            {table}
        </section>
    }
    .into_any()
}

fn cells(delivery: WebhookDelivery, texts: Texts) -> Vec<AnyView> {
    let (class, said) = match delivery.state.as_str() {
        "delivered" => ("mark good", texts.text(w::DELIVERED).to_owned()),
        "failed" => ("mark bad", texts.text(w::GIVEN_UP).to_owned()),
        "pending" => ("mark", texts.text(w::ON_ITS_WAY).to_owned()),
        other => ("mark", other.to_owned()),
    };
    let next = delivery.next_try_ms.map(|at_ms| {
        let said = texts.fill(w::NEXT_TRY, &[("time", &texts.moment(at_ms))]);
        view! { <p class="hint">{said}</p> }
    });
    let state = view! {
        <span class=class>{said}</span>
        {next}
    };
    vec![
        cell(delivery.event),
        cell(texts.moment(delivery.created_at_ms)),
        state.into_any(),
        tries(delivery.attempts, texts),
        foreign(delivery.message),
    ]
}

/// Each try: when, what came of it, and how long that took.
fn tries(attempts: Vec<DeliveryAttempt>, texts: Texts) -> AnyView {
    if attempts.is_empty() {
        return cell("–");
    }
    let one = |attempt: DeliveryAttempt| {
        let answer = match (attempt.status, attempt.error) {
            (Some(status), _) => ["HTTP ", &status.to_string()].concat(),
            (None, Some(error)) => error,
            (None, None) => texts.text(w::NO_ANSWER).to_owned(),
        };
        let took = texts.secs(attempt.took_ms as f64 / 1000.0);
        let at = texts.moment(attempt.at_ms);
        view! {
            <li>
                {at} " · " <bdi>{answer}</bdi> " · " {took}
            </li>
        }
    };
    view! { <ol class="tries">{attempts.into_iter().map(one).collect_view()}</ol> }.into_any()
}

/// Sending one again.
#[component]
fn Replay(
    /// Its address.
    path: String,
    /// What the button says to those who do not see the row.
    label: String,
    /// The messages.
    list: Load<DeliveryPage>,
) -> impl IntoView {
    let texts = use_texts();
    let api = use_api();
    let status = use_status();
    let busy = RwSignal::new(false);
    let send = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let path = path.clone();
        spawn_local(async move {
            let done = api.act(Method::POST, &path).await;
            let _ = busy.try_set(false);
            match done {
                Ok(()) => {
                    status.report(texts.text(w::SENT_AGAIN));
                    list.again();
                }
                Err(error) => status.warn(texts.error(&error)),
            }
        });
    };
    view! {
        <button
            type="button"
            aria-label=label
            aria-disabled=move || busy.get().to_string()
            on:click=send
        >
            {texts.text(w::SEND_AGAIN)}
        </button>
    }
    .into_any()
}
