//! Tables: aligned columns with a header for people at a terminal, and tab-separated lines for
//! programs. It must not know what the rows mean.

use std::io::{IsTerminal as _, Write as _};

/// A column and its name.
#[derive(Clone, Copy)]
pub(super) enum Column {
    /// Text, aligned left.
    Text(&'static str),
    /// A number, aligned right. For programs its name precedes it.
    Number(&'static str),
}

impl Column {
    fn name(self) -> &'static str {
        match self {
            Self::Text(name) | Self::Number(name) => name,
        }
    }
}

/// Rows with so many cells.
pub(super) struct Table<const N: usize> {
    columns: [Column; N],
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    /// An empty table.
    pub(super) fn new(columns: [Column; N]) -> Self {
        Self { columns, rows: Vec::new() }
    }

    /// Adds a row.
    pub(super) fn push(&mut self, cells: [String; N]) {
        self.rows.push(cells);
    }

    /// Prints it, aligned at a terminal.
    pub(super) fn print(&self) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        let text = if out.is_terminal() { self.aligned() } else { self.with_tabs() };
        out.write_all(text.as_bytes())
    }

    /// For a terminal.
    pub(super) fn aligned(&self) -> String {
        let head = self.columns.map(|column| column.name().to_owned());
        let lines = || std::iter::once(&head).chain(&self.rows);
        let width = |at: usize| lines().map(|line| line[at].chars().count()).max().unwrap_or(0);
        let widths: [usize; N] = std::array::from_fn(width);
        let mut text = String::new();
        for line in lines() {
            let cells = line.iter().zip(self.columns).zip(widths);
            let cells = cells.map(|((cell, column), width)| match column {
                Column::Text(_) => format!("{cell:width$}"),
                Column::Number(_) => format!("{cell:>width$}"),
            });
            text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
            text.push('\n');
        }
        text
    }

    /// For programs.
    fn with_tabs(&self) -> String {
        let mut text = String::new();
        for line in &self.rows {
            let cells = line.iter().zip(self.columns).map(|(cell, column)| match column {
                Column::Text(_) => cell.clone(),
                Column::Number(name) => format!("{name} {cell}"),
            });
            text.push_str(&cells.collect::<Vec<_>>().join("\t"));
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_see_columns_and_programs_read_lines() {
        let mut table =
            Table::new([Column::Text("key"), Column::Number("spent"), Column::Text("label")]);
        table.push(["key-a".into(), "5".into(), "shop".into()]);
        table.push(["key-bb".into(), "1000000".into(), String::new()]);
        assert_eq!(
            table.aligned(),
            "key       spent  label\nkey-a         5  shop\nkey-bb  1000000\n"
        );
        assert_eq!(table.with_tabs(), "key-a\tspent 5\tshop\nkey-bb\tspent 1000000\t\n");
    }
}
