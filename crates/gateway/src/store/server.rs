//! A PostgreSQL server as the store: the connection to it, and its tables.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use tokio_postgres::config::{Host, SslMode};

use super::actor::Actor;
use super::database::Store;
use super::engine::{Pool, Reader, Version, Writer};
use super::notices::Notices;
use crate::domain::{DatabaseServer, StoreError};
use crate::metrics::Metrics;

/// The migrations for a server. The first one creates what all earlier ones made of a file.
pub(super) const VERSIONS: &[Version] = &[
    (14, "everything", include_str!("../../migrations/postgres/0014_everything.sql")),
    (15, "attempts", include_str!("../../migrations/postgres/0015_attempts_and_times.sql")),
    (16, "webhooks", include_str!("../../migrations/postgres/0016_webhooks.sql")),
    (17, "nodes", include_str!("../../migrations/postgres/0017_nodes.sql")),
    (
        18,
        "shared sessions",
        include_str!("../../migrations/postgres/0018_shared_sessions_and_breakers.sql"),
    ),
    (19, "written once", include_str!("../../migrations/postgres/0019_written_once.sql")),
    (20, "filters", include_str!("../../migrations/postgres/0020_generations_filtered.sql")),
    (21, "failures", include_str!("../../migrations/postgres/0021_failures_in_a_row.sql")),
    (22, "older keys", include_str!("../../migrations/postgres/0022_older_keys.sql")),
    (23, "tokens of a day", include_str!("../../migrations/postgres/0023_tokens_of_a_day.sql")),
];

type Fault = Box<dyn std::error::Error + Send + Sync>;

impl Store {
    /// Connects to a server, and creates the tables if they are missing.
    ///
    /// # Errors
    /// [`StoreError`] if it can't be reached, refuses the login, or its database is not ours.
    pub async fn connect(server: &DatabaseServer, metrics: Metrics) -> Result<Self, StoreError> {
        let unusable = |source| StoreError::Server { server: server.url.to_string(), source };
        let pool = pool(server).map_err(unusable)?;
        pool.migrate(VERSIONS).await.map_err(|error| match error {
            StoreError::Database(source) => unusable(source),
            other => other,
        })?;
        let (reader, notices) = (Reader::Postgres(pool.clone()), Notices::over(pool.clone()));
        let writer = Writer::Postgres(pool, metrics.into());
        Ok(Self { reader, writer, notices, actor: Actor::gateway().into() })
    }
}

fn pool(server: &DatabaseServer) -> Result<Pool, Fault> {
    server.url.check()?;
    let (url, tls) = parted(server.url.expose());
    let mut config: tokio_postgres::Config = url.parse()?;
    if let Some(file) = &server.password_file {
        let password = std::fs::read_to_string(file).map_err(|error| {
            format!("the password in {} cannot be read: {error}", file.display())
        })?;
        config.password(password.trim_end_matches(['\r', '\n']));
    } else if config.get_password().is_none()
        && let Some(password) = std::env::var_os("PGPASSWORD")
    {
        config.password(password.into_encoded_bytes());
    }
    let mode = tls.mode(config.get_hosts())?;
    config.ssl_mode(mode);
    // A socket has no name that a certificate could be for.
    let tls = (mode != SslMode::Disable).then(|| client_config(tls.root)).transpose()?;
    Ok(Pool::new(config, tls)?)
}

/// What an address says about TLS.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tls<'a> {
    mode: Option<&'a str>,
    root: Option<&'a str>,
}

/// The address without its TLS parameters, and those.
fn parted(url: &str) -> (String, Tls<'_>) {
    let mut tls = Tls::default();
    let Some((address, query)) = url.split_once('?') else { return (url.to_owned(), tls) };
    let mut rest = Vec::new();
    for part in query.split('&') {
        match part.split_once('=') {
            Some(("sslmode", mode)) => tls.mode = Some(mode),
            Some(("sslrootcert", root)) => tls.root = Some(root),
            _ => rest.push(part),
        }
    }
    let mark = if rest.is_empty() { "" } else { "?" };
    (format!("{address}{mark}{}", rest.join("&")), tls)
}

impl Tls<'_> {
    /// Where TLS is used, the server's certificate is always verified. Connections over a socket or
    /// to this machine can't be intercepted: they use no TLS unless it is asked for.
    fn mode(&self, hosts: &[Host]) -> Result<SslMode, Fault> {
        let near = |host: &Host| match host {
            Host::Tcp(name) => {
                name == "localhost"
                    || name.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
            }
            #[cfg(unix)]
            Host::Unix(_) => true,
        };
        match self.mode {
            Some("disable") => Ok(SslMode::Disable),
            Some("require" | "verify-ca" | "verify-full") => Ok(SslMode::Require),
            None if hosts.iter().all(near) => Ok(SslMode::Disable),
            None => Ok(SslMode::Require),
            Some(_) => Err("sslmode must be disable, require or verify-full".into()),
        }
    }
}

/// Trusts the system's certificates, or those of a file.
fn client_config(root: Option<&str>) -> Result<rustls::ClientConfig, Fault> {
    let mut roots = rustls::RootCertStore::empty();
    if let Some(file) = root {
        let file = percent_encoding::percent_decode_str(file).decode_utf8()?;
        let unreadable = |error| format!("the certificates in {file} cannot be read: {error}");
        for certificate in
            CertificateDer::pem_file_iter(Path::new(file.as_ref())).map_err(unreadable)?
        {
            roots.add(certificate.map_err(unreadable)?)?;
        }
    } else {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_address_says_about_tls_is_honoured() {
        let tls = |mode, root| Tls { mode, root };
        for (url, rest, said) in [
            ("postgres://a/b", "postgres://a/b", tls(None, None)),
            ("postgres://a/b?sslmode=disable", "postgres://a/b", tls(Some("disable"), None)),
            (
                "postgres://a/b?sslmode=verify-full&options=-c%20x&sslrootcert=%2Fca.pem",
                "postgres://a/b?options=-c%20x",
                tls(Some("verify-full"), Some("%2Fca.pem")),
            ),
        ] {
            assert_eq!(parted(url), (rest.to_owned(), said), "{url}");
        }
        let tcp = |name: &str| Host::Tcp(name.into());
        let mode = |mode, host| tls(mode, None).mode(&[host]);
        for (said, host, expected) in [
            (None, tcp("db.example"), SslMode::Require),
            (None, tcp("127.0.0.1"), SslMode::Disable),
            (None, tcp("localhost"), SslMode::Disable),
            (None, Host::Unix("/run/postgresql".into()), SslMode::Disable),
            (Some("disable"), tcp("db.example"), SslMode::Disable),
            (Some("require"), tcp("localhost"), SslMode::Require),
        ] {
            assert_eq!(mode(said, host).unwrap(), expected);
        }
        assert!(mode(Some("prefer"), tcp("db.example")).is_err());
    }

    #[test]
    fn missing_certificates_are_errors() {
        let error = client_config(Some("%2Fnowhere.pem")).unwrap_err().to_string();
        assert!(error.contains("/nowhere.pem"), "{error}");
        client_config(None).unwrap();
    }
}
