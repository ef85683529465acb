// The host: what it is, its memory, and its measurements.

import {html} from './lib/preact.js';
import {all, get, useObjects} from './store.js';
import {bytes, since, xe} from './format.js';
import {Button, Copy, Empty, Facts, State, attempt, confirm} from './ui.js';
import {Charts} from './charts.js';

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

function One({hostRef, host}) {
    const metrics = get('host_metrics', host.metrics);
    const cpu = host.cpu_info;
    return html`<div class="title"><h1>${host.name_label}</h1><${State} value=${!metrics?.live ? 'offline' : host.enabled ? 'enabled' : 'disabled'}/></div>
        <div class="buttons row" role="group" aria-label="Actions">
            ${host.enabled
                ? html`<${Button} needs=${['host.disable']} title="VMs no longer start here; those that run go on" onClick=${() =>
                    attempt(`Disable ${host.name_label}`, xe('host-disable', {uuid: host.uuid}), call => call('Async.host.disable', hostRef))}>Disable<//>`
                : html`<${Button} kind="primary" needs=${['host.enable']} onClick=${() =>
                    attempt(`Enable ${host.name_label}`, xe('host-enable', {uuid: host.uuid}), call => call('Async.host.enable', hostRef))}>Enable<//>
                <${Button} kind="danger" needs=${['host.reboot']} onClick=${() => confirm(`Reboot ${host.name_label}?`, 'The machine itself reboots.', 'Reboot',
                    xe('host-reboot', {uuid: host.uuid}), call => call('Async.host.reboot', hostRef))}>Reboot<//>
                <${Button} kind="danger" needs=${['host.shutdown']} onClick=${() => confirm(`Shut down ${host.name_label}?`, 'The machine itself is turned off.', 'Shut down',
                    xe('host-shutdown', {uuid: host.uuid}), call => call('Async.host.shutdown', hostRef))}>Shut down<//>`}
        </div>
        <div class="columns"><section class="card"><h2>Details</h2><${Facts} of=${[
            ['Address', host.address],
            ['Software', `${host.software_version.product_brand ?? ''} ${host.software_version.product_version ?? ''}`.trim()],
            ['Xen', host.software_version.xen ?? ''],
            ['Linux', host.software_version.linux ?? ''],
            ['CPU', cpu.modelname ?? ''],
            ['CPUs', `${cpu.cpu_count ?? '–'} (${cpu.socket_count ?? '–'} ${cpu.socket_count === '1' ? 'socket' : 'sockets'})`],
            ['Up', host.other_config.boot_time ? since(new Date(Number(host.other_config.boot_time) * 1000).toISOString()) : ''],
            ['UUID', html`<code>${host.uuid}</code> <${Copy} text=${host.uuid} label="Copy UUID"/>`],
        ]}/><h2>Memory</h2><${MemoryMap} host=${host} metrics=${metrics}/></section>
        <section class="card grow"><h2>Use</h2><${Charts} kind="host" uuid=${host.uuid}/></section></div>`;
}

export function HostPage() {
    useObjects();
    const hosts = all('host');
    return hosts.length === 0 ? html`<${Empty}>There is no host.<//>` : hosts.map(([ref, host]) => html`<${One} key=${ref} hostRef=${ref} host=${host}/>`);
}
