//! `try`: makes something from the terminal, at any server of the documented API.
//!
//! Models and styles are taken as people write them. It must not know how a server is asked.

mod names;
pub(super) mod option;
mod printable;
mod progress;
pub(super) mod server;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ai_now_protocol::{Catalog, GenerateRequest, Scalars};

use self::printable::printable;
use self::progress::ProgressLine;
use self::server::{Server, TryError};
use super::arguments::TryArgs;
use super::error::CliError;

/// Does what a `try` command says.
pub(super) async fn try_out(arguments: TryArgs) -> Result<ExitCode, CliError> {
    Ok(made(arguments).await?)
}

async fn made(arguments: TryArgs) -> Result<ExitCode, TryError> {
    let key = arguments.key.filter(|key| !key.is_empty()).ok_or(TryError::NoKey)?;
    let server = Server::new(&arguments.server, &key)?;
    let catalog = server.catalog().await?.unwrap_or(Catalog::BUILT_IN);
    let model = names::model(&catalog, &arguments.model);
    let style = arguments.style.map(|style| names::style(&catalog, &model, &style));
    let options = arguments.option.into_iter().collect::<Scalars>();
    let request = GenerateRequest { model, prompt: arguments.prompt, style, options };
    let order =
        request.check(&catalog).map_err(|invalid| TryError::Refused(invalid.to_string()))?;
    if !arguments.json {
        eprintln!("{}, {} tokens", order.model.name, order.price_tokens);
    }
    let mut line = ProgressLine::new();
    let made = server.generate(&request, |progress| line.show(progress)).await;
    line.end();
    let completed = made?;
    let url = server.absolute(completed.url.as_str())?;
    let file = match arguments.out {
        Some(file) => file,
        None => named_after(url.path()),
    };
    let bytes = server.download(&url, &file).await?;
    let note = completed.note.map(|note| note.text.into_owned());
    if arguments.json {
        println!(
            "{}",
            serde_json::json!({"file": file, "bytes": bytes, "url": url.as_str(), "note": note})
        );
    } else {
        if let Some(note) = note {
            eprintln!("{}", printable(&note));
        }
        println!("{}", file.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// The result's own name, in the directory where the command runs.
fn named_after(path: &str) -> PathBuf {
    let name = path.rsplit('/').next().unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let name: String = name.chars().filter(|c| plain(*c)).collect();
    // Nothing that a server says leads out of the directory, or hides.
    let name = name.trim_start_matches('.');
    if name.is_empty() { PathBuf::from("result") } else { Path::new(name).to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_after_the_result_and_stays_here() {
        for (path, name) in [
            ("/media/a-lake-x7.mp4", "a-lake-x7.mp4"),
            ("/media/..", "result"),
            ("/a/.bashrc", "bashrc"),
            ("/a/%2e%2e%2fx", "2e2e2fx"),
            ("", "result"),
        ] {
            assert_eq!(named_after(path), Path::new(name), "{path}");
        }
    }
}
