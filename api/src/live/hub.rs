//! The meeting point of the event log and its listeners.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use app::App;
use store::{PgConn, StoreError, event::Event, session};
use tokio::{
    sync::{Notify, broadcast, oneshot, watch},
    time::Instant,
};
use uuid::Uuid;

use super::{Cursor, follow::Follower};
use crate::{auth::SessionUser, state::ApiState};

/// Longest pause between two looks at the log, and between two looks at the listeners' sessions.
const POLL: Duration = Duration::from_millis(800);
/// Shortest pause: a burst of commits becomes one look.
const SETTLE: Duration = Duration::from_millis(15);
/// Events a slow listener may lag behind before he must reconnect.
const BACKLOG: usize = 4096;
/// Streams one person may hold open.
const MAX_STREAMS: usize = 12;

/// An event with the place in the log after it.
#[derive(Debug)]
pub struct Live {
    /// The event.
    pub event: Event,
    /// The place after it.
    pub cursor: Cursor,
}

#[derive(Debug)]
struct Listener {
    user: Arc<SessionUser>,
    /// Dropped to end the stream.
    open: oneshot::Sender<()>,
}

#[derive(Debug, Default)]
struct Listeners {
    next: u64,
    by_id: HashMap<u64, Listener>,
}

/// Hands events to listeners; see [`Hub::run`].
#[derive(Debug)]
pub struct Hub {
    events: broadcast::Sender<Arc<Live>>,
    place: Mutex<Option<Cursor>>,
    listeners: Mutex<Listeners>,
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            events: broadcast::Sender::new(BACKLOG),
            place: Mutex::default(),
            listeners: Mutex::default(),
        }
    }
}

/// A listener's place; dropped, it is free again.
#[derive(Debug)]
pub struct Listening {
    state: ApiState,
    id: u64,
    closed: oneshot::Receiver<()>,
}

impl Listening {
    /// Takes a place; `None` when the person holds too many.
    pub fn start(state: &ApiState, user: Arc<SessionUser>) -> Option<Self> {
        let mut listeners = state.hub.lock();
        let held = listeners
            .by_id
            .values()
            .filter(|other| other.user.user.id == user.user.id)
            .count();
        if held >= MAX_STREAMS {
            return None;
        }
        let (open, closed) = oneshot::channel();
        let id = listeners.next;
        listeners.next += 1;
        listeners.by_id.insert(id, Listener { user, open });
        drop(listeners);
        Some(Self {
            state: state.clone(),
            id,
            closed,
        })
    }

    /// Waits until the stream must end; true when the person's rights changed and he goes on with others.
    pub async fn ended(&mut self) -> bool {
        (&mut self.closed).await.is_ok()
    }

    /// The place reached, once reading has begun.
    pub(crate) fn place(&self) -> Option<Cursor> {
        self.state.hub.place()
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.state.hub.lock().by_id.remove(&self.id);
    }
}

impl Hub {
    /// Open streams.
    #[must_use]
    pub fn listeners(&self) -> usize {
        self.lock().by_id.len()
    }

    /// Ends the streams of a session.
    pub fn close_session(&self, session: Uuid) {
        self.lock()
            .by_id
            .retain(|_, listener| listener.user.session_id != session);
    }

    /// Events from now on.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Arc<Live>> {
        self.events.subscribe()
    }

    /// The place reached, once reading has begun.
    pub(crate) fn place(&self) -> Option<Cursor> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn lock(&self) -> MutexGuard<'_, Listeners> {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the log, at once when `wake` fires and now and then without it, until `stop` turns true; then ends all streams.
    pub async fn run(&self, app: &App, wake: &Notify, mut stop: watch::Receiver<bool>) {
        let mut follower = None;
        let mut checked = Instant::now();
        loop {
            if let Err(error) = self.turn(app, &mut follower, &mut checked).await {
                tracing::warn!(%error, "live events wait for the database");
                tokio::time::sleep(POLL).await;
            }
            tokio::select! {
                () = wake.notified() => tokio::time::sleep(SETTLE).await,
                () = tokio::time::sleep(POLL) => {}
                () = stopped(&mut stop) => break,
            }
        }
        self.lock().by_id.clear();
    }

    async fn turn(&self, app: &App, follower: &mut Option<Follower>, checked: &mut Instant) -> Result<(), StoreError> {
        let mut conn = app.pool.get().await?;
        let follower = match follower {
            Some(follower) => follower,
            None => follower.insert(Follower::start(&mut conn).await?),
        };
        loop {
            let (events, more) = follower.read(&mut conn).await?;
            for (event, cursor) in events {
                // Without listeners there is nobody to tell, which is no error.
                let _ = self.events.send(Arc::new(Live { event, cursor }));
            }
            *self.place.lock().unwrap_or_else(PoisonError::into_inner) = Some(follower.cursor());
            if !more {
                break;
            }
        }
        if checked.elapsed() >= POLL {
            *checked = Instant::now();
            self.close_ended(app, &mut conn).await?;
        }
        Ok(())
    }

    /// Ends the streams whose session ended or whose role changed; one query for all of them.
    async fn close_ended(&self, app: &App, conn: &mut PgConn) -> Result<(), StoreError> {
        let sessions: Vec<(Uuid, Uuid, i32)> = self
            .lock()
            .by_id
            .values()
            .map(|l| (l.user.user.id, l.user.session_id, l.user.user.session_version))
            .collect();
        if sessions.is_empty() {
            return Ok(());
        }
        let live: HashMap<Uuid, Vec<String>> = session::live_sessions(conn, &sessions, app.now())
            .await?
            .into_iter()
            .map(|session| (session.id, session.permissions))
            .collect();
        let asked: std::collections::HashSet<Uuid> = sessions.into_iter().map(|(_, session, _)| session).collect();
        let mut listeners = self.lock();
        let changed: Vec<u64> = listeners
            .by_id
            .iter()
            .filter(|(_, listener)| asked.contains(&listener.user.session_id))
            .filter(|(_, listener)| live.get(&listener.user.session_id) != Some(&listener.user.user.permissions))
            .map(|(id, _)| *id)
            .collect();
        for id in changed {
            let Some(listener) = listeners.by_id.remove(&id) else {
                continue;
            };
            if live.contains_key(&listener.user.session_id) {
                // Whoever has gone meanwhile needs no word.
                let _ = listener.open.send(());
            }
        }
        drop(listeners);
        Ok(())
    }
}

/// Waits until the value is true, or nobody is left to make it so.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}
