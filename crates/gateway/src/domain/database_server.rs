//! The address of a database server, as the settings give it. Its password is never shown.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize, Serializer};

/// A database server, with the credentials for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseServer {
    /// Its address.
    pub url: DatabaseUrl,
    /// The file that holds the password, and nothing else.
    pub password_file: Option<PathBuf>,
}

/// An address such as `postgres://user@host/database`. Any text is accepted, so that no parser
/// repeats it in an error; [`Self::check`] validates it.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct DatabaseUrl(String);

/// Why a text is not the address of a database server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "it must be like postgres://user@host/database, or postgres://user@%2Frun%2Fpostgresql/database for \
     a socket"
)]
pub struct NotADatabaseUrl;

impl DatabaseUrl {
    /// The whole address, with the password.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Checks that it is the address of a server.
    ///
    /// # Errors
    /// [`NotADatabaseUrl`] if it is not.
    pub fn check(&self) -> Result<(), NotADatabaseUrl> {
        let rest =
            ["postgres://", "postgresql://"].iter().find_map(|head| self.0.strip_prefix(head));
        rest.filter(|rest| !rest.is_empty()).map(drop).ok_or(NotADatabaseUrl)
    }
}

impl From<String> for DatabaseUrl {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl std::str::FromStr for DatabaseUrl {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(text.to_owned().into())
    }
}

/// Only host and database, for display.
impl Serialize for DatabaseUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Only host and database.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (head, rest) = self.0.split_once("://").unwrap_or_default();
        let address = rest.split_once('?').map_or(rest, |(before, _)| before);
        // The part before an `@` may hold a password, in whatever form.
        let place = match address.rsplit_once('@') {
            Some((_, place)) => place,
            None if rest.contains('@') => "…",
            None => address,
        };
        write!(f, "{head}://{place}")
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_shown() {
        for (text, shown) in [
            ("postgres://ada:secret@db.example/music", "postgres://db.example/music"),
            ("postgresql://ada:s@cret@db/music?sslmode=require", "postgresql://db/music"),
            ("postgres://db/music?password=secret", "postgres://db/music"),
            ("postgres://ada:s?cret@db/music", "postgres://…"),
            ("postgres://db/music?password=s@cret", "postgres://…"),
            ("postgres://%2Frun%2Fpostgresql/music", "postgres://%2Frun%2Fpostgresql/music"),
        ] {
            let url = DatabaseUrl::from(text.to_owned());
            assert_eq!(url.check(), Ok(()));
            assert_eq!((url.to_string().as_str(), url.expose()), (shown, text));
            assert!(!format!("{url:?}").contains("cret"));
            assert_eq!(serde_json::to_value(&url).unwrap(), shown);
        }
        for text in ["", "db", "mysql://a/b", "postgres://", "postgres:/a"] {
            assert_eq!(DatabaseUrl::from(text.to_owned()).check(), Err(NotADatabaseUrl), "{text}");
        }
    }
}
