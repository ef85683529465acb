// The hosts: what they are, their memory, and their measurements.

import {html, useMemo} from './lib/preact.js';
import {can} from './api.js';
import {all, byUuid, get, pool, useObjects} from './store.js';
import {byName, bytes, since, xe} from './format.js';
import {Button, Copy, Empty, Facts, State, Usage, attempt, confirm} from './ui.js';
import {List} from './list.js';
import {Charts} from './charts.js';
import {Console} from './consoles.js';
import {AllFields, fieldsOf} from './record.js';

function MemoryMap({host, metrics}) {
    const total = Number(metrics?.memory_total ?? 0);
    const running = host.resident_VMs.map(ref => get('vm', ref)).filter(Boolean)
        .map(vm => [vm, Number(get('vm_metrics', vm.metrics)?.memory_actual ?? 0) || Number(vm.memory_target)])
        .sort(([a, x], [b, y]) => b.is_control_domain - a.is_control_domain || y - x);
    const free = Number(metrics?.memory_free ?? 0);
    return html`<div class="memory" role="img" aria-label=${`${bytes(free)} of ${bytes(total)} are free`}>
            ${running.slice(0, 40).map(([vm, used], i) => html`<span key=${vm.uuid} class=${'part' + (vm.is_control_domain ? ' own' : '')}
                style=${{width: `${used / total * 100}%`, opacity: 1 - i % 3 * 0.18}} title=${`${vm.name_label}: ${bytes(used)}`}></span>`)}
        </div>
        <p class="faint">${bytes(free)} of ${bytes(total)} free. ${running.length - 1} ${running.length === 2 ? 'VM runs' : 'VMs run'} here.</p>`;
}

function stateOf(host) {
    return !get('host_metrics', host.metrics)?.live ? 'offline' : host.enabled ? 'enabled' : 'disabled';
}

/** The hosts that VMs can move to or start on, but for one. */
export function otherHosts(ref) {
    return all('host').filter(([other, host]) => other !== ref && stateOf(host) === 'enabled').map(([other, host]) => [other, host.name_label]).sort(byName);
}

/** The text console of a host's control domain, where the host allows it. */
function consoleOf(host) {
    return (get('vm', host.control_domain)?.consoles ?? []).map(ref => get('console', ref)).find(console => console?.protocol === 'vt100');
}

function One({hostRef, host, tab}) {
    const console = can('http/connect_console_ws', 'http/connect_console/host_console') ? consoleOf(host) : undefined;
    const here = `#/host/${host.uuid}`;
    const part = console && tab === 'console' ? 'console' : '';
    return html`<div class="title"><h1>${host.name_label}</h1><${State} value=${stateOf(host)}/></div>
        <div class="buttons row" role="group" aria-label="Actions">
            ${host.enabled
                ? html`<${Button} needs=${['host.disable']} title="VMs no longer start here; those that run go on" onClick=${() =>
                    attempt(`Disable ${host.name_label}`, xe('host-disable', {uuid: host.uuid}), call => call('Async.host.disable', hostRef))}>Disable<//>
                ${otherHosts(hostRef).length > 0 && html`<${Button} needs=${['host.disable', 'host.evacuate']} onClick=${() => confirm(`Evacuate ${host.name_label}?`,
                    'The host is disabled, and its VMs move to other hosts without being stopped.', 'Evacuate',
                    [xe('host-disable', {uuid: host.uuid}), xe('host-evacuate', {uuid: host.uuid})].join('\n'), async call => {
                        await call('Async.host.disable', hostRef);
                        await call('Async.host.evacuate', hostRef);
                    })}>Evacuate<//>`}`
                : html`<${Button} kind="primary" needs=${['host.enable']} onClick=${() =>
                    attempt(`Enable ${host.name_label}`, xe('host-enable', {uuid: host.uuid}), call => call('Async.host.enable', hostRef))}>Enable<//>
                <${Button} kind="danger" needs=${['host.reboot']} onClick=${() => confirm(`Reboot ${host.name_label}?`, 'The machine itself reboots.', 'Reboot',
                    xe('host-reboot', {uuid: host.uuid}), call => call('Async.host.reboot', hostRef))}>Reboot<//>
                <${Button} kind="danger" needs=${['host.shutdown']} onClick=${() => confirm(`Shut down ${host.name_label}?`, 'The machine itself is turned off.', 'Shut down',
                    xe('host-shutdown', {uuid: host.uuid}), call => call('Async.host.shutdown', hostRef))}>Shut down<//>`}
            <${AllFields} kind="host" record=${host}/>
        </div>
        ${console && html`<nav class="tabs" aria-label=${'Parts of ' + host.name_label}>
            <a href=${here} aria-current=${part === '' ? 'page' : undefined}>Overview</a>
            <a href=${here + '/console'} aria-current=${part === 'console' ? 'page' : undefined}>Console</a></nav>`}
        ${part === 'console' ? html`<${Console} key=${console.uuid} kind="vt100" uuid=${console.uuid}/>` : html`<${Overview} hostRef=${hostRef} host=${host}/>`}`;
}

function Overview({hostRef, host}) {
    const metrics = get('host_metrics', host.metrics);
    const cpu = host.cpu_info;
    return html`<div class="columns"><section class="card"><h2>Details</h2><${Facts} of=${[
            ['Address', host.address],
            all('host').length > 1 && ['Role', roleOf(hostRef)],
            ['Software', `${host.software_version.product_brand ?? ''} ${host.software_version.product_version ?? ''}`.trim()],
            ['Xen', host.software_version.xen ?? ''],
            ['Linux', host.software_version.linux ?? ''],
            ['CPU', cpu.modelname ?? ''],
            ['CPUs', `${cpu.cpu_count ?? '–'} (${cpu.socket_count ?? '–'} ${cpu.socket_count === '1' ? 'socket' : 'sockets'})`],
            ['Up', host.other_config.boot_time ? since(new Date(Number(host.other_config.boot_time) * 1000).toISOString()) : ''],
            ['Pool', html`<a href=${fieldsOf('pool', pool())}>${pool().name_label || pool().uuid}</a>`],
            consoleOf(host) ? false : ['Console', 'none: the control domain has no console'],
            ['UUID', html`<code>${host.uuid}</code> <${Copy} text=${host.uuid} label="Copy UUID"/>`],
        ]}/><h2>Memory</h2><${MemoryMap} host=${host} metrics=${metrics}/></section>
        <section class="card grow"><h2>Use</h2><${Charts} kind="host" uuid=${host.uuid}/></section></div>`;
}

function roleOf(hostRef) {
    return pool()?.master === hostRef ? 'coordinator' : 'member';
}

const COLUMNS = [
    {key: 'name', title: 'Name', value: row => row.host.name_label, cell: row => row.host.name_label},
    {key: 'state', title: 'State', value: row => row.state, cell: row => html`<${State} value=${row.state}/>`},
    {key: 'memory', title: 'Memory', value: row => row.total - row.free,
        cell: row => html`<${Usage} label=${'Memory of ' + row.host.name_label} used=${row.total - row.free} total=${row.total}/>`},
    {key: 'vms', title: 'VMs', value: row => row.vms, cell: row => row.vms},
    {key: 'address', title: 'Address', wide: true, value: row => row.host.address, cell: row => row.host.address},
    {key: 'role', title: 'Role', wide: true, value: row => row.role, cell: row => row.role},
];

function HostList() {
    const generation = useObjects();
    const rows = useMemo(() => all('host').map(([ref, host]) => {
        const metrics = get('host_metrics', host.metrics);
        return {key: ref, host, state: stateOf(host), role: roleOf(ref), href: '#/host/' + host.uuid, total: Number(metrics?.memory_total ?? 0),
            free: Number(metrics?.memory_free ?? 0), vms: host.resident_VMs.filter(vm => !get('vm', vm)?.is_control_domain).length,
            text: [host.name_label, host.address, host.uuid].join('\n').toLowerCase()};
    }), [generation]);
    return html`<h1>Hosts</h1><${List} label="Hosts" columns=${COLUMNS} rows=${rows} placeholder="Filter by name, address or UUID"/>`;
}

/** The page of a host, or of all hosts. That of a host alone needs no UUID. */
export function HostPage({uuid, tab = ''}) {
    useObjects();
    const hosts = all('host');
    if (!uuid && hosts.length > 1) {
        return html`<${HostList}/>`;
    }
    const [ref, host] = uuid ? byUuid('host', uuid) : hosts[0] ?? [];
    if (!host) {
        return html`<${Empty}>There is no such host. <a href="#/host">All hosts</a><//>`;
    }
    return html`${hosts.length > 1 && html`<p class="path"><a href="#/host">Hosts</a></p>`}<${One} hostRef=${ref} host=${host} tab=${tab}/>`;
}
