//! What is written down about jobs at providers counts once, however often it has to be written.

use ai_now_protocol::Event;

use super::super::jobs::new_write_id;
use super::super::sql;
use super::world::{World, new};
use crate::domain::{Cost, Node};

/// What was kept, and nobody was told so, is written again under its number.
pub(super) async fn what_is_written_again_counts_once(world: &World) {
    let owner = world.owner(100).await;
    let id = world.store.accept(new(&owner, 20), Event::Started).await.unwrap().id;
    let cost = Some(Cost { currency: "EUR".into(), micros: 5 });
    let record = world.store.submission_record(&id, Node(1), "dream").with_cost("suno", cost);
    for (sql, handle, unclear) in [
        (sql::INTEND_SUBMISSION, None, 1),
        (sql::INTEND_SUBMISSION, None, 2),
        (sql::SUBMISSION_NOT_TAKEN, None, 1),
        (sql::INTEND_SUBMISSION, None, 2),
        (sql::SUBMISSION_TAKEN, Some("job".to_owned()), 2),
    ] {
        let write_id = new_write_id();
        for _ in 0..3 {
            let changed = record.change_once(sql, write_id, handle.clone()).await.unwrap();
            // What is written again is not refused.
            assert!(sql == sql::SUBMISSION_NOT_TAKEN || changed == 1, "{sql}");
            let job = world.other.provider_job(&id).await.unwrap().unwrap();
            assert_eq!((job.unclear, &job.handle), (unclear, &handle), "{sql}");
        }
    }
    let costs = async || {
        let costs = world.other.provider_costs(0).await.unwrap();
        (costs[0].jobs, costs[0].micros)
    };
    assert_eq!(costs().await, (1, 5));
    // Another job of the same generation costs again.
    record.start_over().await.unwrap();
    record.taken("again").await.unwrap();
    assert_eq!(costs().await, (2, 10));
}
