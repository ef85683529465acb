// "Show me the call": for each action, the command of xe and the calls that it made.

import {html, useEffect, useState} from './lib/preact.js';
import {actions, onActions} from './api.js';
import {Copy} from './ui.js';

function useActions() {
    const [, set] = useState(0);
    useEffect(() => {
        const drawAgain = () => set(n => n + 1);
        drawAgain();
        return onActions(drawAgain);
    }, []);
    return actions;
}

export function CallsButton({open, toggle}) {
    const running = useActions().filter(action => action.state === 'running').length;
    return html`<button type="button" aria-expanded=${open} aria-controls="calls" onClick=${toggle}>Show the calls${
        running > 0 ? html` <span class="count">${running}</span>` : ''}</button>`;
}

/** The body of a call; a session of a client's own replaces SESSION. */
function body({method, params}) {
    const shown = (key, value) => typeof value === 'string' && /password/i.test(key) ? '…' : value;
    return JSON.stringify({jsonrpc: '2.0', id: 1, method, params: ['SESSION', ...params]}, shown);
}

export function Drawer({close}) {
    const list = useActions();
    return html`<aside id="calls" aria-label="Calls of your actions">
        <div class="toolbar"><h2>Calls</h2><span class="spacer"></span>
            <button type="button" class="plain" aria-label="Close the calls" onClick=${close}>✕</button></div>
        ${list.length === 0 && html`<p class="empty">Each action that you take here shows the command of <code>xe</code> that does the
            same, and the JSON-RPC calls that the page made.</p>`}
        ${list.map(action => html`<section key=${action.id} class="action">
            <h3>${action.title} <span class=${'state ' + (action.state === 'failed' ? 'crashed' : action.state === 'done' ? 'running' : 'paused')}>${action.state}</span></h3>
            ${action.xe && html`<${Code} name="xe" text=${action.xe}/>`}
            ${action.calls.map((made, i) => made.line ? html`<${Code} key=${i} name="curl" text=${made.line}/>`
                : html`<${Code} key=${i} name=${'POST /jsonrpc' + (made.error ? ': ' + made.error : '')} text=${body(made)}/>`)}
        </section>`)}
        ${list.length > 0 && html`<p class="faint">SESSION is the answer of session.login_with_password. A call with Async. answers a task.</p>`}
    </aside>`;
}

function Code({name, text}) {
    return html`<div class="call"><div class="toolbar"><span class="faint">${name}</span><span class="spacer"></span>
        <${Copy} text=${text} label=${'Copy ' + name}/></div><pre tabindex="0">${text}</pre></div>`;
}
