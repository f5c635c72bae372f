//! A table. On narrow pages each row is a card with the columns' names in it.

use leptos::prelude::*;

use crate::texts::use_texts;
use crate::words::Word;

/// A column's name, and whether it has numbers.
pub(crate) type Column = (Word, bool);

/// A cell with a text.
pub(crate) fn cell(text: impl Into<String>) -> AnyView {
    let text: String = text.into();
    text.into_any()
}

/// A cell with a user's text, in the direction of its script.
pub(crate) fn foreign(text: impl Into<String>) -> AnyView {
    let text: String = text.into();
    view! { <bdi>{text}</bdi> }.into_any()
}

/// A cell that leads to another page.
pub(crate) fn link(href: String, text: impl Into<String>) -> AnyView {
    let text: String = text.into();
    view! { <a href=href>{text}</a> }.into_any()
}

/// A table, or a text if it has no rows. The first column is the header of its row.
#[component]
pub(crate) fn Table(
    /// What it is a table of.
    caption: Word,
    /// The columns.
    columns: Vec<Column>,
    /// The rows: a cell for each column.
    rows: Vec<Vec<AnyView>>,
    /// What is said where there are none.
    empty: Word,
) -> impl IntoView {
    let texts = use_texts();
    if rows.is_empty() {
        return view! { <p class="empty">{texts.text(empty)}</p> }.into_any();
    }
    let head = columns
        .iter()
        .map(|(name, number)| {
            let class = if *number { "number" } else { "" };
            view! {
                <th role="columnheader" scope="col" class=class>
                    {texts.text(*name)}
                </th>
            }
            .into_any()
        })
        .collect_view();
    let row = |cells: Vec<AnyView>| {
        let cells = columns.iter().zip(cells).enumerate();
        let cells = cells.map(|(index, ((name, number), cell))| {
            let class = if *number { "number" } else { "" };
            let role = if index == 0 { "rowheader" } else { "cell" };
            view! {
                <td role=role class=class data-label=texts.text(*name)>
                    <span class="value">{cell}</span>
                </td>
            }
            .into_any()
        });
        view! { <tr role="row">{cells.collect_view()}</tr> }.into_any()
    };
    let body = rows.into_iter().map(row).collect_view();
    // The roles are explicit, since browsers don't treat cards as a table.
    view! {
        <table role="table">
            <caption>{texts.text(caption)}</caption>
            <thead role="rowgroup">
                <tr role="row">{head}</tr>
            </thead>
            <tbody role="rowgroup">{body}</tbody>
        </table>
    }
    .into_any()
}

/// The details of one object, as names and values.
pub(crate) fn facts(rows: Vec<(Word, AnyView)>) -> AnyView {
    let texts = use_texts();
    let row = |(name, value): (Word, AnyView)| {
        view! {
            <div>
                <dt>{texts.text(name)}</dt>
                <dd>{value}</dd>
            </div>
        }
        .into_any()
    };
    view! { <dl class="facts">{rows.into_iter().map(row).collect_view()}</dl> }.into_any()
}
