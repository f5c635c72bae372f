//! The models that are offered: their prices, who makes them, and what is left.

use leptos::prelude::*;

use crate::answers::{AdminModel, AdminModels, ModelRoute, Price};
use crate::components::shown::shown;
use crate::components::table::{Table, cell, foreign};
use crate::load::{Load, load};
use crate::texts::{Texts, use_texts};
use crate::words as w;

/// The table: a row for each provider of each model.
#[component]
pub(crate) fn Models() -> impl IntoView {
    let texts = use_texts();
    let models: Load<AdminModels> = load(|| "models".to_owned());
    let list = shown(models, move |AdminModels { models, price }| {
        let columns = vec![
            (w::MODEL, false),
            (w::PROVIDER, false),
            (w::PRICE, true),
            (w::WORTH, true),
            (w::COST, true),
            (w::MARGIN, true),
        ];
        let rows = models.iter().flat_map(|model| {
            let price = price.as_ref();
            model.routes.iter().map(move |route| row(model, route, price, texts))
        });
        let rows = rows.collect();
        view! { <Table caption=w::MODELS columns=columns rows=rows empty=w::NO_PROVIDERS /> }
            .into_any()
    });
    view! {
        <section>
            <h2>{texts.text(w::MODELS)}</h2>
            {list}
        </section>
    }
}

fn row(
    model: &AdminModel,
    route: &ModelRoute,
    price: Option<&Price>,
    texts: Texts,
) -> Vec<AnyView> {
    let money = |micros: Option<i64>| {
        let known = price.zip(micros);
        known.map_or_else(|| "–".to_owned(), |(price, micros)| texts.money(&price.currency, micros))
    };
    let cost = route.cost.iter().map(|cost| (cost.currency.as_str(), cost.micros));
    vec![
        foreign([&model.name, " (", &model.id, ")"].concat()),
        foreign(route.provider.clone()),
        cell(texts.number(model.price_tokens)),
        cell(money(model.value_micros)),
        cell(texts.sums(cost)),
        cell(money(route.margin_micros)),
    ]
}
