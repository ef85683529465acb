// Consoles of a VM in the page: its screen (VNC, by noVNC) and its terminal (by xterm.js). The libraries are loaded here only.

import {html, useEffect, useRef, useState} from './lib/preact.js';
import {address, can} from './api.js';
import {get} from './store.js';
import {Button, Empty} from './ui.js';

const NAMES = {rfb: 'Screen', vt100: 'Terminal'};

function socketAddress(uuid) {
    return (location.protocol === 'https:' ? 'wss://' : 'ws://') + location.host + address('/console', {uuid});
}

/** Loads a style sheet once. */
function style(name) {
    const href = new URL(name, import.meta.url).href;
    if (![...document.styleSheets].some(sheet => sheet.href === href)) {
        document.head.append(Object.assign(document.createElement('link'), {rel: 'stylesheet', href}));
    }
}

/**
 * xterm.js writes its rules into style elements, which the policy of this page forbids. It gets other elements, whose text
 * becomes a style sheet that the document adopts, as scripts may make them.
 */
function allowStyles() {
    if (Object.hasOwn(document, 'createElement')) {
        return;
    }
    document.createElement = (name, options) => {
        const element = Document.prototype.createElement.call(document, name === 'style' ? 'template' : name, options);
        if (name === 'style') {
            const sheet = new CSSStyleSheet();
            document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
            Object.defineProperty(element, 'textContent', {set: text => sheet.replaceSync(text)});
            element.remove = () => {
                document.adoptedStyleSheets = document.adoptedStyleSheets.filter(each => each !== sheet);
                Element.prototype.remove.call(element);
            };
        }
        return element;
    };
}

async function openTerminal(box, uuid, ended) {
    style('./lib/xterm.css');
    allowStyles();
    const [{Terminal}, {FitAddon}] = await Promise.all([import('./lib/xterm.js'), import('./lib/xterm-fit.js')]);
    const terminal = new Terminal({fontSize: 14, lineHeight: 1.15, screenReaderMode: true, scrollback: 5000});
    const fit = new FitAddon();
    terminal.loadAddon(fit);
    terminal.open(box);
    fit.fit();
    const observer = new ResizeObserver(() => fit.fit());
    observer.observe(box);
    const socket = new WebSocket(socketAddress(uuid), 'binary');
    socket.binaryType = 'arraybuffer';
    socket.onmessage = event => terminal.write(new Uint8Array(event.data));
    socket.onclose = ended;
    const encoder = new TextEncoder();
    terminal.onData(text => socket.readyState === WebSocket.OPEN && socket.send(encoder.encode(text)));
    socket.onopen = () => terminal.focus();
    return () => {
        observer.disconnect();
        socket.onclose = null;
        socket.close();
        terminal.dispose();
    };
}

async function openScreen(box, uuid, ended, control) {
    const {default: RFB} = await import('./lib/novnc/core/rfb.js');
    const screen = new RFB(box, socketAddress(uuid), {wsProtocols: ['binary']});
    screen.scaleViewport = true;
    screen.background = 'transparent';
    screen.addEventListener('disconnect', ended);
    screen.addEventListener('connect', () => screen.focus());
    control.current = screen;
    return () => {
        screen.removeEventListener('disconnect', ended);
        screen.disconnect();
    };
}

/** A console in the page: rfb is a screen, vt100 a terminal. */
export function Console({kind, uuid}) {
    const box = useRef();
    const control = useRef();
    const [state, setState] = useState('open');
    const [round, setRound] = useState(0);
    useEffect(() => {
        let close = null;
        let gone = false;
        const ended = () => !gone && setState('ended');
        setState('open');
        (kind === 'rfb' ? openScreen(box.current, uuid, ended, control) : openTerminal(box.current, uuid, ended)).then(
            opened => gone ? opened() : (close = opened),
            () => setState('ended'));
        return () => {
            gone = true;
            close?.();
        };
    }, [kind, uuid, round]);
    return html`<div class="buttons row">
            ${kind === 'rfb' && html`<${Button} onClick=${() => control.current?.sendCtrlAltDel()}>Ctrl-Alt-Del<//>`}
            <${Button} onClick=${() => box.current.requestFullscreen()}>Full screen<//>
            ${state === 'ended' && html`<${Button} kind="primary" onClick=${() => setRound(round + 1)}>Connect again<//>
                <span class="faint" role="status">The console has ended.</span>`}
        </div>
        <div class=${'console ' + kind} ref=${box} key=${round} role="application" aria-label=${NAMES[kind]}></div>`;
}

export function ConsoleTab({vm}) {
    const consoles = vm.consoles.map(ref => get('console', ref)).filter(console => console && NAMES[console.protocol])
        .sort((a, b) => a.protocol.localeCompare(b.protocol));
    const [chosen, choose] = useState(null);
    if (!can('http/connect_console_ws')) {
        return html`<${Empty}>Your roles do not permit consoles.<//>`;
    }
    const one = consoles.find(console => console.protocol === chosen) ?? consoles.find(console => console.protocol === 'vt100' && vm.domain_type !== 'hvm')
        ?? consoles[0];
    if (vm.power_state !== 'Running' || !one) {
        return html`<${Empty}>A running VM has a console. This one is ${vm.power_state.toLowerCase()}.<//>`;
    }
    return html`<div class="tabs small" role="group" aria-label="Kind of console">${consoles.map(console => html`<button type="button" key=${console.uuid}
            aria-pressed=${console === one} onClick=${() => choose(console.protocol)}>${NAMES[console.protocol]}</button>`)}</div>
        <${Console} key=${one.uuid} kind=${one.protocol} uuid=${one.uuid}/>`;
}
