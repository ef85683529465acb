// The frame of the page: login, navigation, and the page that the address names.

import {html, render, useEffect, useState} from './lib/preact.js';
import {logout, resume, session} from './api.js';
import {connection, follow, pool, unfollow, useObjects, all, get} from './store.js';
import {Dialogs, Notices} from './ui.js';
import {CallsButton, Drawer} from './drawer.js';
import {Login} from './login.js';
import {VmList} from './vms.js';
import {VmPage} from './vm.js';
import {HostPage} from './host.js';
import {DiskPage, SrPage, StorageList} from './storage.js';
import {NetworkList, NetworkPage} from './networks.js';
import {MessageList, TaskList, TaskPage} from './tasks.js';
import {UserList} from './users.js';
import {RecordPage} from './record.js';

const PAGES = [
    ['vms', 'VMs', VmList],
    ['host', 'Hosts', HostPage],
    ['storage', 'Storage', StorageList],
    ['networks', 'Networks', NetworkList],
    ['tasks', 'Tasks', TaskList],
    ['messages', 'Messages', MessageList],
    ['users', 'Users', UserList],
];

/** Pages of one object: #/KIND/UUID, and #/object/CLASS/UUID for one of any class. */
const OBJECTS = {vm: [VmPage, 'vms'], host: [HostPage, 'host'], sr: [SrPage, 'storage'], disk: [DiskPage, 'storage'], network: [NetworkPage, 'networks'],
    task: [TaskPage, 'tasks'], object: [RecordPage, '']};

function useRoute() {
    const read = () => location.hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
    const [route, set] = useState(read);
    useEffect(() => {
        const changed = () => set(read());
        addEventListener('hashchange', changed);
        // It may have changed since the page was drawn.
        changed();
        return () => removeEventListener('hashchange', changed);
    }, []);
    return route[0] ? route : ['vms'];
}

function Frame({onLogout}) {
    useObjects();
    const [kind, ...rest] = useRoute();
    const [calls, setCalls] = useState(false);
    const [One, section = kind] = OBJECTS[kind] ?? [];
    const [, title = One ? 'Object' : 'Not found', Many] = PAGES.find(([key]) => key === section) ?? [];
    const name = pool()?.name_label || get('host', pool()?.master)?.name_label || 'jxapi';
    useEffect(() => {
        document.title = `${title} · ${name}`;
    }, [title, name]);
    const pending = all('task').filter(([, task]) => task.status === 'pending').length;
    return html`<div class=${'frame' + (calls ? ' with-calls' : '')}>
        <a class="skip" href="#content" onClick=${event => { event.preventDefault(); document.getElementById('content').focus(); }}>Skip to the content</a>
        <header>
            <a class="brand" href="#/host"><span class="logo" aria-hidden="true"></span>${name}</a>
            ${connection === 'lost' && html`<span class="state paused" role="alert">No connection, trying again</span>`}
            <span class="spacer"></span>
            <${CallsButton} open=${calls} toggle=${() => setCalls(!calls)}/>
            <span class="user faint">${session.user}</span>
            <button type="button" onClick=${onLogout}>Sign out</button>
        </header>
        <nav aria-label="Main">${PAGES.map(([key, text]) => html`<a key=${key} href=${'#/' + key}
            aria-current=${section === key ? 'page' : undefined}>${text}${key === 'tasks' && pending > 0 ? html` <span class="count">${pending}</span>` : ''}</a>`)}</nav>
        <main id="content" tabindex="-1">${connection === 'loading' ? html`<p class="empty" role="status">Loading…</p>`
            : One ? html`<${One} key=${kind === 'object' ? rest.join() : rest[0]} uuid=${rest[0]} tab=${rest[1]}/>`
            : Many ? html`<${Many} key=${kind}/>`
            : html`<p class="empty">There is no such page.</p>`}</main>
        ${calls && html`<${Drawer} close=${() => setCalls(false)}/>`}
    </div>`;
}

function Page({known}) {
    const [loggedIn, setLoggedIn] = useState(known);
    useEffect(() => {
        if (loggedIn) {
            follow(() => setLoggedIn(false));
        }
        return unfollow;
    }, [loggedIn]);
    const leave = () => {
        unfollow();
        logout();
        setLoggedIn(false);
    };
    return html`${loggedIn ? html`<${Frame} onLogout=${leave}/>` : html`<${Login} done=${() => setLoggedIn(true)}/>`}
        <${Dialogs}/><${Notices}/>`;
}

const known = await resume().catch(() => false);
render(html`<${Page} known=${known}/>`, document.getElementById('page'));
