//! The paths in a Rust file: those into its own crate, relative to the crate's root, and the first
//! names of all others.
//!
//! It parses tokens, not text: comments and strings are skipped, and macro arguments are read like
//! other code. It must not know what the paths are used for.

use std::collections::BTreeSet;
use std::str::FromStr as _;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A path from the crate's root: `store::keys::KeyInfo` as three names.
pub(super) type Path = Vec<String>;

/// The paths in a file of the module `module`. A file that doesn't parse has none: the compiler
/// reports it better.
pub(super) fn paths(text: &str, module: &[String]) -> Vec<Path> {
    let mut found = Vec::new();
    if let Ok(tokens) = TokenStream::from_str(text) {
        read(tokens, module, &children(text), &mut found);
    }
    found
}

/// The modules that a file declares: paths that start with one of them lead there.
fn children(text: &str) -> Vec<String> {
    let Ok(tokens) = TokenStream::from_str(text) else { return Vec::new() };
    let tokens: Vec<_> = tokens.into_iter().collect();
    let declared = tokens.windows(3).filter(|three| is_ident(&three[0], "mod"));
    declared.filter(|three| is_punct(&three[2], ';')).map(|three| three[1].to_string()).collect()
}

/// The first names of a file's paths that may be crates: `axum` of `axum::http`. Paths in tests are
/// skipped.
pub(super) fn crates_named(text: &str) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    if let Ok(tokens) = TokenStream::from_str(text) {
        first_names(tokens, &mut named);
    }
    named
}

fn first_names(tokens: TokenStream, named: &mut BTreeSet<String>) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(name) => {
                let begins = at == 0 || !is_punct(&tokens[at - 1], ':');
                let goes_on = tokens.get(at + 1).is_some_and(|next| is_punct(next, ':'))
                    && tokens.get(at + 2).is_some_and(|next| is_punct(next, ':'));
                if begins && goes_on {
                    named.insert(name.to_string());
                }
            }
            TokenTree::Group(group) => {
                let of = at.checked_sub(2).and_then(|at| inline_module(&tokens[at..]));
                if of.is_none_or(|(name, _)| name != "tests") {
                    first_names(group.stream(), named);
                }
            }
            _ => {}
        }
    }
}

fn read(tokens: TokenStream, module: &[String], children: &[String], found: &mut Vec<Path>) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        if let Some(inner) = inline_module(&tokens[at..]) {
            let (name, body) = inner;
            if name != "tests" {
                let inside: Vec<_> = module.iter().cloned().chain([name]).collect();
                read(body, &inside, &[], found);
            }
            at += 3;
            continue;
        }
        if is_visibility(&tokens[at..]) {
            at += 2;
            continue;
        }
        let begins = at == 0 || !is_punct(&tokens[at - 1], ':');
        if begins && let Some((base, next)) = root(&tokens, at, module, children) {
            tree(&tokens[next..], &base, found);
        }
        if let TokenTree::Group(group) = &tokens[at] {
            read(group.stream(), module, children, found);
        }
        at += 1;
    }
}

/// `pub(in crate::module)` is a visibility, not a use.
fn is_visibility(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [keyword, TokenTree::Group(scope), ..]
        if is_ident(keyword, "pub") && scope.delimiter() == Delimiter::Parenthesis)
}

/// `mod name { … }`
fn inline_module(tokens: &[TokenTree]) -> Option<(String, TokenStream)> {
    match tokens {
        [keyword, TokenTree::Ident(name), TokenTree::Group(body), ..]
            if is_ident(keyword, "mod") && body.delimiter() == Delimiter::Brace =>
        {
            Some((name.to_string(), body.stream()))
        }
        _ => None,
    }
}

/// The start of a path into the crate: the module that it starts from, and the position after its
/// first `::`.
fn root(
    tokens: &[TokenTree],
    at: usize,
    module: &[String],
    children: &[String],
) -> Option<(Path, usize)> {
    let TokenTree::Ident(first) = &tokens[at] else { return None };
    let next = after_colons(tokens, at + 1)?;
    match first.to_string().as_str() {
        "crate" => Some((Path::new(), next)),
        "self" => Some((module.to_vec(), next)),
        "super" => Some((parent(module), next)),
        name if children.iter().any(|child| child == name) => {
            Some((module.iter().cloned().chain([name.to_owned()]).collect(), next))
        }
        _ => None,
    }
}

/// Follows what comes after a `::`: more names, or a group of them.
fn tree(tokens: &[TokenTree], base: &[String], found: &mut Vec<Path>) {
    match tokens.first() {
        Some(TokenTree::Ident(name)) => {
            let path = match name.to_string().as_str() {
                "super" => parent(base),
                "self" => base.to_vec(),
                name => base.iter().cloned().chain([name.to_owned()]).collect(),
            };
            match after_colons(tokens, 1) {
                Some(next) => tree(&tokens[next..], &path, found),
                None => found.push(path),
            }
        }
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
            let inside: Vec<_> = group.stream().into_iter().collect();
            for part in inside.split(|token| is_punct(token, ',')) {
                tree(part, base, found);
            }
        }
        // A glob, or the parameters of a generic type: the module itself is used.
        _ => found.push(base.to_vec()),
    }
}

fn parent(module: &[String]) -> Path {
    module[..module.len().saturating_sub(1)].to_vec()
}

fn after_colons(tokens: &[TokenTree], at: usize) -> Option<usize> {
    let colons = tokens.get(at..at + 2)?;
    (is_punct(&colons[0], ':') && is_punct(&colons[1], ':')).then_some(at + 2)
}

fn is_punct(token: &TokenTree, wanted: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == wanted)
}

fn is_ident(token: &TokenTree, wanted: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == wanted)
}
