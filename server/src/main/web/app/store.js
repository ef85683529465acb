// All objects of the host, kept up to date by event.from.

import {useEffect, useState} from './lib/preact.js';
import {ApiError, Unreachable, call, forget, rpc, session, watchTasksWith} from './api.js';

export const NULL = 'OpaqueRef:NULL';

const CLASSES = ['pool', 'host', 'host_metrics', 'vm', 'vm_metrics', 'vm_guest_metrics', 'console', 'vbd', 'vdi', 'vif', 'sr',
    'pbd', 'network', 'pif', 'bond', 'vlan', 'task', 'message', 'subject'];
const WAIT_SECONDS = 30;
const PAUSE_MS = 2000;

const objects = new Map(CLASSES.map(name => [name, new Map()]));
const watchers = new Set();
let generation = 0;
let scheduled = false;
let stopped = new AbortController();

/** The page's connection: 'loading', 'live', 'lost' or 'ended'. */
export let connection = 'loading';

function notify() {
    if (!scheduled) {
        scheduled = true;
        // Many changes make one drawing. A tab in the background draws nothing, but waits for tasks all the same.
        setTimeout(() => {
            scheduled = false;
            generation++;
            watchers.forEach(watcher => watcher(generation));
        }, 30);
    }
}

/** Makes a component draw again after each change. */
export function useObjects() {
    const [, set] = useState(generation);
    useEffect(() => {
        watchers.add(set);
        set(generation);
        return () => watchers.delete(set);
    }, []);
    return generation;
}

/** The record of an object; undefined when there is none. */
export function get(name, ref) {
    return objects.get(name).get(ref);
}

/** The class and the record of an object of any class that is followed; nothing when there is none. */
export function find(ref) {
    for (const [name, kept] of objects) {
        if (kept.has(ref)) {
            return [name, kept.get(ref)];
        }
    }
    return [];
}

/** All objects of a class as [ref, record]; undefined for a class that is not followed. */
export function all(name) {
    return objects.has(name) ? [...objects.get(name)] : undefined;
}

export function byUuid(name, uuid) {
    for (const [ref, record] of objects.get(name)) {
        if (record.uuid === uuid) {
            return [ref, record];
        }
    }
    return [null, undefined];
}

export function pool() {
    return all('pool')[0]?.[1];
}

function apply(events) {
    for (const event of events) {
        const kept = objects.get(event.class);
        if (event.operation === 'del') {
            kept?.delete(event.ref);
        } else {
            kept?.set(event.ref, event.snapshot);
        }
    }
}

/** Follows the host until the session ends. Then `ended` is called. */
export async function follow(ended) {
    stopped.abort();
    stopped = new AbortController();
    const {signal} = stopped;
    let token = '';
    objects.forEach(kept => kept.clear());
    connection = 'loading';
    notify();
    while (!signal.aborted) {
        try {
            const batch = await rpc('event.from', [session.ref, CLASSES, token, token ? WAIT_SECONDS : 0], signal);
            if (!token) {
                objects.forEach(kept => kept.clear());
            }
            token = batch.token;
            apply(batch.events);
            if (batch.events.length > 0 || connection !== 'live') {
                connection = 'live';
                notify();
            }
        } catch (e) {
            if (e.name === 'AbortError') {
                return;
            }
            if (e instanceof ApiError && e.code === 'EVENTS_LOST') {
                token = '';
                continue;
            }
            if (e instanceof ApiError && e.code === 'SESSION_INVALID') {
                forget();
                connection = 'ended';
                notify();
                ended();
                return;
            }
            connection = 'lost';
            notify();
            await new Promise(resolve => setTimeout(resolve, PAUSE_MS));
            if (!(e instanceof Unreachable)) {
                token = '';
            }
        }
    }
}

export function unfollow() {
    stopped.abort();
}

watchTasksWith(ref => new Promise((resolve, reject) => {
    let settled = false;
    const look = async () => {
        const task = get('task', ref);
        if (settled || (task && task.status === 'pending')) {
            return;
        }
        if (task) {
            end(resolve, task);
        } else {
            // The event may not have come yet.
            try {
                const record = await call('task.get_record', ref);
                if (record.status !== 'pending') {
                    end(resolve, record);
                }
            } catch (e) {
                if (!(e instanceof Unreachable)) {
                    end(reject, e);
                }
            }
        }
    };
    const end = (how, what) => {
        settled = true;
        watchers.delete(look);
        how(what);
    };
    watchers.add(look);
    look();
}));
