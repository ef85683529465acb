// Tasks with their progress, and messages.

import {html, useEffect, useMemo, useState} from './lib/preact.js';
import {ApiError} from './api.js';
import {all, byUuid, useObjects} from './store.js';
import {time, xe} from './format.js';
import {explain} from './errors.js';
import {Button, Copy, Empty, Facts, Failure, State, attempt} from './ui.js';
import {List} from './list.js';
import {AllFields, addressOf, fieldsOf} from './record.js';

const STATES = {success: 'done', failure: 'failed'};

function Progress({task}) {
    return task.status === 'pending'
        ? html`<progress max="1" value=${Number(task.progress)} aria-label=${'Progress of ' + task.name_label}></progress> ${Math.round(task.progress * 100)} %`
        : html`<${State} value=${STATES[task.status] ?? task.status}/>`;
}

function Cancel({taskRef, task}) {
    return task.status === 'pending' && task.allowed_operations.includes('cancel') ? html`<${Button} kind="small" needs=${['task.cancel']}
        label=${'Cancel ' + task.name_label} onClick=${() => attempt(`Cancel ${task.name_label}`, xe('task-cancel', {uuid: task.uuid}),
            call => call('task.cancel', taskRef))}>Cancel<//>` : null;
}

const TASKS = [
    {key: 'created', title: 'Begun', value: row => row.task.created, cell: row => time(row.task.created)},
    {key: 'name', title: 'Task', value: row => row.task.name_label, cell: row => html`${row.task.name_label} <span class="faint">${row.task.name_description}</span>`},
    {key: 'progress', title: 'Progress', value: row => row.task.status, cell: row => html`<${Progress} task=${row.task}/>`},
    {key: 'error', title: 'Error', wide: true, value: row => row.task.error_info[0] ?? '', cell: row => row.task.error_info[0] ? html`<code class="code">${row.task.error_info[0]}</code>` : ''},
    {key: 'actions', title: '', cell: row => html`<${Cancel} taskRef=${row.key} task=${row.task}/>`},
];

export function TaskList() {
    const generation = useObjects();
    const rows = useMemo(() => all('task').map(([key, task]) => ({key, task, href: '#/task/' + task.uuid,
        text: [task.name_label, task.name_description, task.uuid, task.status, ...task.error_info].join('\n').toLowerCase()})), [generation]);
    return html`<h1>Tasks</h1><${List} label="Tasks" columns=${TASKS} rows=${rows} placeholder="Filter by name or state" empty="There are no tasks now."/>`;
}

export function TaskPage({uuid}) {
    useObjects();
    const [ref, task] = byUuid('task', uuid);
    const [failure, setFailure] = useState(null);
    const code = task?.error_info.join('\n') ?? '';
    useEffect(() => {
        if (code) {
            explain(new ApiError(task.error_info[0], task.error_info.slice(1))).then(setFailure);
        }
    }, [code]);
    if (!task) {
        return html`<${Empty}>There is no task with the UUID ${uuid}; finished ones are removed after a while. <a href="#/tasks">All tasks</a><//>`;
    }
    return html`<p class="path"><a href="#/tasks">Tasks</a></p><div class="title"><h1>${task.name_label}</h1><${Progress} task=${task}/></div>
        <div class="buttons row"><${Cancel} taskRef=${ref} task=${task}/><${AllFields} kind="task" record=${task}/></div>
        ${failure && html`<div class="notice failed"><${Failure} failure=${failure}/></div>`}
        <section class="card"><h2>Details</h2><${Facts} of=${[['Description', task.name_description], ['Begun', time(task.created)], ['Ended', time(task.finished)],
            ['Result', task.result], ['UUID', html`<code>${task.uuid}</code> <${Copy} text=${task.uuid} label="Copy UUID"/>`]]}/></section>`;
}

const MESSAGES = [
    {key: 'time', title: 'Time', value: row => row.message.timestamp, cell: row => time(row.message.timestamp)},
    {key: 'priority', title: 'Priority', wide: true, value: row => Number(row.message.priority), cell: row => row.message.priority},
    {key: 'name', title: 'Message', value: row => row.message.name, cell: row => html`<code class="code">${row.message.name}</code>`},
    {key: 'object', title: 'Object', value: row => row.of, cell: row => row.link ? html`<a href=${row.link}>${row.of}</a>` : row.of},
    {key: 'body', title: 'Text', wide: true, cell: row => row.message.body.replace(/\s+/g, ' ').slice(0, 160)},
    {key: 'actions', title: '', cell: row => html`<${Button} kind="small" needs=${['message.destroy']} label=${'Dismiss ' + row.message.name}
        onClick=${() => attempt(`Dismiss ${row.message.name}`, xe('message-destroy', {uuids: row.message.uuid}), call => call('message.destroy', row.key))}>Dismiss<//>`},
];

export function MessageList() {
    const generation = useObjects();
    const rows = useMemo(() => all('message').map(([key, message]) => {
        const kind = message.cls.toLowerCase();
        const known = ['vm', 'host', 'sr', 'vdi', 'network', 'pool', 'pif'].includes(kind) ? byUuid(kind, message.obj_uuid)[1] : undefined;
        const of = known?.name_label || message.cls;
        return {key, message, of, link: known ? addressOf(kind, known) : '', href: fieldsOf('message', message),
            text: [message.name, message.body, of].join('\n').toLowerCase()};
    }), [generation]);
    return html`<h1>Messages</h1><${List} label="Messages" columns=${MESSAGES} rows=${rows} placeholder="Filter by name or text" empty="There are no messages."/>`;
}
