//! How many generations a second the store accepts, durably, beside plain programs on the same disk.
//!
//! The plain programs write six rows into the very same tables and commit each time: `SQLite` with
//! `synchronous=FULL`, and PostgreSQL with the lock of the account's row. `cargo xtask bench store` runs
//! this and writes down the table that it prints.

#![expect(clippy::unwrap_used, reason = "a measurement that can't be made has failed")]

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use ai_now_gateway::domain::{DatabaseServer, NewGeneration, Principal};
use ai_now_gateway::metrics::Metrics;
use ai_now_gateway::secret;
use ai_now_gateway::store::{NewKey, Store};
use ai_now_protocol::Event;
use futures_util::future::join_all;

/// How long each is measured, in each round.
const MEASURED: Duration = Duration::from_secs(3);
const ROUNDS: usize = 5;
/// Whose generations they are, in turn: as many as a gateway has that is busy.
const ACCOUNTS: usize = 512;

/// The six rows, for both kinds of plain programs.
const ROWS: [&str; 6] = [
    "INSERT INTO generations (id, account_id, key_id, state, model, prompt, options, procedural, price,
        created_at_ms, last_seq) VALUES ('ID', ACCOUNT, ACCOUNT, 'queued', 'suno', 'a calm lake at dawn',
        '{\"seed\":1}', 1, 10, NUMBER, NUMBER)",
    "INSERT INTO events (generation_id, seq, json)
        VALUES ('ID', NUMBER, '{\"status\":\"Processing started\"}')",
    "INSERT INTO ledger (account_id, kind, tokens, generation_id, at_ms)
        VALUES (ACCOUNT, 'hold', 10, 'ID', NUMBER)",
    "INSERT INTO submissions (key_id, visitor_id, idempotency_key, body_hash, generation_id)
        VALUES (ACCOUNT, 0, 'ID', HASH, 'ID')",
    "INSERT INTO provider_costs (generation_id, provider, model, currency, micros, basis, at_ms)
        VALUES ('ID', 'dream', 'suno', 'EUR', 5, 'estimated', NUMBER)",
    "INSERT INTO provider_jobs (generation_id, provider, unclear) VALUES ('ID', 'dream', 1)",
];

/// The rows as statements that are prepared once, their values being `?1` the id, `?2` the account and
/// `?3` a number.
fn prepared(sqlite: bool) -> Vec<String> {
    let mark = if sqlite { '?' } else { '$' };
    let hash = if sqlite { "x'00'" } else { "'\\x00'" };
    let text = |sql: &str| {
        let mut sql = sql.replace("HASH", hash);
        let mut next = 0;
        for word in ["'ID'", "ACCOUNT", "NUMBER"] {
            if sql.contains(word) {
                next += 1;
                sql = sql.replace(word, &format!("{mark}{next}"));
            }
        }
        sql
    };
    ROWS.iter().map(|sql| text(sql)).collect()
}

/// Which of id, account and number a row's statement has.
fn uses(sql: &str) -> [bool; 3] {
    ["'ID'", "ACCOUNT", "NUMBER"].map(|word| sql.contains(word))
}

async fn owners(store: &Store) -> Vec<Principal> {
    let mut owners = Vec::new();
    for _ in 0..ACCOUNTS {
        let key =
            store.create_key(NewKey::Secret { tokens: 1 << 40 }, String::new()).await.unwrap();
        let key = store.key_by_secret(&key).await.unwrap().unwrap();
        let (key_id, account_id) = (key.id, key.account_id);
        owners.push(Principal { key_id, account_id, visitor_id: None, tokens_per_day: None });
    }
    owners
}

fn new(owner: &Principal) -> NewGeneration {
    let id = secret::name();
    NewGeneration {
        submission: Some((id.clone(), [7; 32])),
        id,
        owner: owner.clone(),
        model: "suno".into(),
        prompt: "a calm lake at dawn".into(),
        options: [("seed".into(), 1u32.into())].into(),
        uploads: Vec::new(),
        procedural: true,
        price: 10,
        node: None,
        concurrent_limit: u32::MAX,
        repeats: None,
    }
}

/// How many a second the store accepts.
async fn ours(store: Store, clients: usize) -> f64 {
    let owners = owners(&store).await;
    let count = AtomicU64::new(0);
    let begun = Instant::now();
    let client = async |first: usize| {
        for n in 0.. {
            let owner = &owners[(first + n * clients) % ACCOUNTS];
            store.accept(new(owner), Event::Started).await.unwrap();
            count.fetch_add(1, Ordering::Relaxed);
            if begun.elapsed() > MEASURED {
                break;
            }
        }
    };
    join_all((0..clients).map(client)).await;
    let rate = rate(count.into_inner(), begun);
    store.close().await;
    rate
}

fn rate(count: u64, begun: Instant) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "far fewer than that")]
    let count = count as f64;
    count / begun.elapsed().as_secs_f64()
}

async fn file(data: &Path) -> Store {
    Store::open(data, Metrics::default()).await.unwrap()
}

/// Clients are no faster for being many: one program writes for all, one commit after another.
async fn plain_sqlite(data: &Path) -> f64 {
    let store = file(data).await;
    let owners = owners(&store).await;
    store.close().await;
    let connection = rusqlite::Connection::open(data.join("ai-now.db")).unwrap();
    connection.pragma_update(None, "synchronous", "FULL").unwrap();
    connection.pragma_update(None, "foreign_keys", true).unwrap();
    let sql = prepared(true);
    let mut rows: Vec<_> = sql.iter().map(|sql| connection.prepare(sql).unwrap()).collect();
    let mut begin = connection.prepare("BEGIN IMMEDIATE").unwrap();
    let mut commit = connection.prepare("COMMIT").unwrap();
    let (begun, mut count) = (Instant::now(), 0u64);
    while begun.elapsed() < MEASURED {
        let account = owners[usize::try_from(count).unwrap() % ACCOUNTS].account_id;
        let (id, number) = (secret::name(), i64::try_from(count).unwrap() + 1);
        let values: [&dyn rusqlite::ToSql; 3] = [&id, &account, &number];
        begin.execute([]).unwrap();
        for (row, sql) in rows.iter_mut().zip(ROWS) {
            let values =
                values.iter().zip(uses(sql)).filter(|(_, uses)| *uses).map(|(value, _)| value);
            row.execute(rusqlite::params_from_iter(values)).unwrap();
        }
        commit.execute([]).unwrap();
        count += 1;
    }
    rate(count, begun)
}

async fn plain_postgres(url: &str, clients: usize) -> f64 {
    let server = DatabaseServer { url: url.parse().unwrap(), password_file: None };
    let store = Store::connect(&server, Metrics::default()).await.unwrap();
    let owners = owners(&store).await;
    store.close().await;
    let mut connections = Vec::new();
    for _ in 0..clients {
        let (client, connection) =
            tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        let lock = "SELECT available FROM accounts WHERE id = $1 FOR UPDATE";
        let lock = client.prepare(lock).await.unwrap();
        let hold = "UPDATE accounts SET available = available - 10, held = held + 10 WHERE id = $1";
        let hold = client.prepare(hold).await.unwrap();
        let rows = join_all(prepared(false).iter().map(|sql| client.prepare(sql))).await;
        let rows: Vec<_> = rows.into_iter().map(Result::unwrap).collect();
        connections.push((client, lock, hold, rows));
    }
    let (begun, count) = (Instant::now(), AtomicU64::new(0));
    type Rows = Vec<tokio_postgres::Statement>;
    let client = async |(first, (client, lock, hold, rows)): (usize, (_, _, _, Rows))| {
        let client: tokio_postgres::Client = client;
        for n in 0.. {
            let at = first + n * clients;
            let (account, number) =
                (owners[at % ACCOUNTS].account_id, i64::try_from(at).unwrap() + 1);
            let id = secret::name();
            let values: [&(dyn tokio_postgres::types::ToSql + Sync); 3] = [&id, &account, &number];
            client.batch_execute("BEGIN").await.unwrap();
            client.query_one(&lock, &[&account]).await.unwrap();
            client.execute(&hold, &[&account]).await.unwrap();
            for (row, sql) in rows.iter().zip(ROWS) {
                let values: Vec<_> = values
                    .iter()
                    .zip(uses(sql))
                    .filter(|(_, uses)| *uses)
                    .map(|(value, _)| *value)
                    .collect();
                client.execute(row, &values).await.unwrap();
            }
            client.batch_execute("COMMIT").await.unwrap();
            count.fetch_add(1, Ordering::Relaxed);
            if begun.elapsed() > MEASURED {
                break;
            }
        }
    };
    join_all(connections.into_iter().enumerate().map(client)).await;
    rate(count.into_inner(), begun)
}

/// The median, with the smallest and the largest.
struct Median([f64; 3]);

impl Median {
    fn of(mut rates: Vec<f64>) -> Self {
        rates.sort_by(f64::total_cmp);
        Self([rates[rates.len() / 2], rates[0], rates[rates.len() - 1]])
    }
}

impl std::fmt::Display for Median {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self([median, least, most]) = self;
        write!(f, "{median:.0} ({least:.0}–{most:.0})")
    }
}

#[tokio::main]
async fn main() {
    // What cargo passes to a test's harness means nothing here.
    let server = ai_now_test_postgres::Server::start(&[]);
    let place = || tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut found: [Vec<f64>; 8] = Default::default();
    for round in 1..=ROUNDS {
        for (at, clients) in [1, 64].into_iter().enumerate() {
            let (ours_in, plain_in) = (place(), place());
            let on_server = server.database().parse().unwrap();
            let on_server = DatabaseServer { url: on_server, password_file: None };
            let on_server = Store::connect(&on_server, Metrics::default()).await.unwrap();
            found[at * 4].push(ours(file(ours_in.path()).await, clients).await);
            found[at * 4 + 1].push(plain_sqlite(plain_in.path()).await);
            found[at * 4 + 2].push(ours(on_server, clients).await);
            found[at * 4 + 3].push(plain_postgres(&server.database(), clients).await);
        }
        eprintln!("round {round} of {ROUNDS}");
    }
    let medians: Vec<_> = found.into_iter().map(Median::of).collect();
    println!("| Accepted a second | Ours | Plain | Ratio | Goal |\n|---|---|---|---|---|");
    for (at, what, goal) in [
        (0, "a file, 1 client", "≥ 1"),
        (4, "a file, 64 clients", "≥ 1.5"),
        (2, "PostgreSQL, 1 client", "≥ 1"),
        (6, "PostgreSQL, 64 clients", "≥ 1"),
    ] {
        let (ours, plain) = (&medians[at], &medians[at + 1]);
        println!("| {what} | {ours} | {plain} | {:.2} | {goal} |", ours.0[0] / plain.0[0]);
    }
}
