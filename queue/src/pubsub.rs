//! Receiving wake-ups: one subscription for each process, shared by all who wait.

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures::StreamExt;
use jobs::Queue;
use tokio::sync::{Notify, broadcast, mpsc};

use crate::Transport;

/// What a process can wait for.
#[derive(Debug, Clone)]
pub struct Wakeups {
    queues: Arc<HashMap<Queue, Arc<Notify>>>,
    /// Rows were appended to the event log.
    pub events: Arc<Notify>,
    /// Places at which somebody came, left or does something else.
    pub presence: broadcast::Sender<String>,
}

/// Changes that a slow listener may lag behind; what he missed he learns when he asks again.
const PLACES: usize = 256;

impl Wakeups {
    /// Subscribes and stays subscribed. With `due`, queues that got work are sent there, as a dispatcher wants it.
    #[must_use]
    pub fn start(transport: &Transport, due: Option<mpsc::Sender<Queue>>) -> Self {
        let queues = Queue::ALL
            .into_iter()
            .map(|queue| (queue, Arc::new(Notify::new())))
            .collect();
        let wakeups = Self {
            queues: Arc::new(queues),
            events: Arc::new(Notify::new()),
            presence: broadcast::Sender::new(PLACES),
        };
        tokio::spawn(stay_subscribed(transport.clone(), wakeups.clone(), due));
        wakeups
    }

    /// Fires when messages were put into this queue.
    #[must_use]
    pub fn queue(&self, queue: Queue) -> Arc<Notify> {
        self.queues.get(&queue).cloned().unwrap_or_default()
    }
}

async fn stay_subscribed(transport: Transport, wakeups: Wakeups, due: Option<mpsc::Sender<Queue>>) {
    loop {
        if let Err(error) = receive(&transport, &wakeups, due.as_ref()).await {
            tracing::debug!(%error, "wake-ups are not received; polling goes on");
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

async fn receive(
    transport: &Transport,
    wakeups: &Wakeups,
    due: Option<&mpsc::Sender<Queue>>,
) -> Result<(), redis::RedisError> {
    let mut pubsub = transport.client().get_async_pubsub().await?;
    let channels: HashMap<String, Queue> = Queue::ALL
        .into_iter()
        .map(|queue| (transport.wake_channel(queue), queue))
        .collect();
    for channel in channels.keys() {
        pubsub.subscribe(channel).await?;
    }
    pubsub.subscribe(transport.events_channel()).await?;
    if due.is_some() {
        pubsub.subscribe(transport.due_channel()).await?;
    }
    pubsub.subscribe(transport.presence_channel()).await?;
    let (events, presence) = (transport.events_channel(), transport.presence_channel());
    let mut messages = pubsub.on_message();
    while let Some(message) = messages.next().await {
        let channel = message.get_channel_name();
        if let Some(queue) = channels.get(channel) {
            wakeups.queue(*queue).notify_one();
        } else if channel == events {
            wakeups.events.notify_waiters();
            wakeups.events.notify_one();
        } else if channel == presence {
            // Without listeners there is nobody to tell.
            let _ = message.get_payload().map(|place| wakeups.presence.send(place));
        } else if let (Some(due), Ok(name)) = (due, message.get_payload::<String>())
            && let Ok(queue) = name.parse()
        {
            // A full channel means that the dispatcher is busy and looks again anyway.
            let _ = due.try_send(queue);
        }
    }
    Ok(())
}
