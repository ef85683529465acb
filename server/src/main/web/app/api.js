// Calls over JSON-RPC, the session, and the record of the calls that actions made.

const KEPT = 'jxapi-session';
const MOST_ACTIONS = 100;

/** A failed call: the code of the XenAPI, such as VM_BAD_POWER_STATE, and its parameters. */
export class ApiError extends Error {
    constructor(code, params) {
        super(code);
        this.code = code;
        this.params = params;
    }
}

/** The host did not answer. */
export class Unreachable extends Error {}

export const session = {ref: null, user: '', superuser: false, permissions: new Set()};

/** The actions of this page, the newest first: {title, xe, calls: [{method, params, error} or {line}], error}. */
export const actions = [];
const listeners = new Set();

export function onActions(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
}

function changed() {
    listeners.forEach(listener => listener());
}

let number = 0;

/** One call; `params` are complete. */
export async function rpc(method, params, signal) {
    let answer;
    try {
        const response = await fetch('/jsonrpc', {
            method: 'POST',
            headers: {'content-type': 'application/json'},
            body: JSON.stringify({jsonrpc: '2.0', id: ++number, method, params}),
            signal,
        });
        answer = parse(await response.text());
    } catch (e) {
        if (e.name === 'AbortError') {
            throw e;
        }
        throw new Unreachable('The host does not answer.');
    }
    if (answer.error) {
        throw new ApiError(answer.error.message, answer.error.data ?? []);
    }
    return answer.result;
}

/** XAPI writes numbers that JSON does not have as they are. */
export function parse(text) {
    try {
        return JSON.parse(text);
    } catch {
        return JSON.parse(text.replace(/([:[,]\s*)(?:NaN|-?Infinity)(?=\s*[,\]}])/g, '$1null'));
    }
}

/** A call of this session. */
export function call(method, ...params) {
    return rpc(method, [session.ref, ...params]);
}

export async function login(user, password) {
    const ref = await rpc('session.login_with_password', [user, password, '2.21', 'jxapi web console']);
    sessionStorage.setItem(KEPT, ref);
    await adopt(ref);
}

/** Goes on with the session that this tab had before it was loaded again; false when there is none. */
export async function resume() {
    const ref = sessionStorage.getItem(KEPT);
    if (!ref) {
        return false;
    }
    try {
        await adopt(ref);
        return true;
    } catch (e) {
        if (e instanceof ApiError) {
            sessionStorage.removeItem(KEPT);
            return false;
        }
        throw e;
    }
}

async function adopt(ref) {
    const record = await rpc('session.get_record', [ref, ref]);
    session.ref = ref;
    session.user = record.auth_user_name || 'root';
    session.superuser = record.is_local_superuser;
    session.permissions = new Set(record.rbac_permissions.map(name => name.toLowerCase()));
}

export async function logout() {
    const ref = session.ref;
    forget();
    try {
        await rpc('session.logout', [ref]);
    } catch {
        // The session has ended, or ends by itself.
    }
}

export function forget() {
    session.ref = null;
    sessionStorage.removeItem(KEPT);
    actions.length = 0;
}

/** Whether the user's roles permit a message, such as VM.start. */
export function can(...messages) {
    return session.superuser || messages.every(message => session.permissions.has(message.toLowerCase()));
}

/** An address of this host that needs the session, for downloads, measurements and consoles. */
export function address(path, query) {
    return path + '?' + new URLSearchParams({...query, session_id: session.ref});
}

/**
 * Runs an action of the user and records it. `work` gets a function that calls and records; it may return a value. The
 * function's `ofTask` waits for a task that ends by itself, and removes it. Its `request` records a request that is no call, as the
 * command of curl that does the same.
 *
 * @param xe the command line that does the same
 */
export async function act(title, xe, work) {
    const action = {id: ++number, title, xe, calls: [], state: 'running', time: new Date()};
    actions.unshift(action);
    actions.length = Math.min(actions.length, MOST_ACTIONS);
    changed();
    const recorded = async (method, ...params) => {
        const made = {method, params};
        action.calls.push(made);
        changed();
        try {
            const result = await call(method, ...params);
            return method.startsWith('Async.') ? await awaitTask(result) : result;
        } catch (e) {
            made.error = e.code ?? 'no answer';
            throw e;
        }
    };
    recorded.ofTask = awaitTask;
    recorded.request = line => {
        action.calls.push({line});
        changed();
    };
    try {
        const result = await work(recorded);
        action.state = 'done';
        return result;
    } catch (e) {
        action.state = 'failed';
        action.error = e;
        throw e;
    } finally {
        changed();
    }
}

/** How a task is watched: set by the store, which gets its changes. */
let watcher = null;

export function watchTasksWith(watch) {
    watcher = watch;
}

/** Waits for the end of a task, and removes it. The result is the text of its result. */
async function awaitTask(ref) {
    const task = await watcher(ref);
    call('task.destroy', ref).catch(() => {});
    if (task.status === 'success') {
        return task.result.replace(/^<value>|<\/value>$/g, '');
    }
    throw task.status === 'cancelled' && task.error_info.length === 0
        ? new ApiError('TASK_CANCELLED', [ref])
        : new ApiError(task.error_info[0] ?? 'INTERNAL_ERROR', task.error_info.slice(1));
}
