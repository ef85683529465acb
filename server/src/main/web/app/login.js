import {html, useState} from './lib/preact.js';
import {login} from './api.js';
import {explain} from './errors.js';
import {Failure, Field} from './ui.js';

export function Login({done}) {
    const [user, setUser] = useState('root');
    const [password, setPassword] = useState('');
    const [failure, setFailure] = useState(null);
    const [busy, setBusy] = useState(false);
    const submit = async event => {
        event.preventDefault();
        setBusy(true);
        setFailure(null);
        try {
            await login(user, password);
            done();
        } catch (e) {
            setFailure(await explain(e));
            setBusy(false);
        }
    };
    return html`<main class="login"><form onSubmit=${submit}>
        <h1><span class="logo" aria-hidden="true"></span>${location.hostname}</h1>
        <${Field} label="User" value=${user} set=${setUser} autocomplete="username" name="user" required/>
        <${Field} label="Password" type="password" value=${password} set=${setPassword} autocomplete="current-password"
            name="password" autofocus hint="Root's first password is in root-password in jxapid's data folder."/>
        ${failure && html`<div class="notice failed" role="alert"><${Failure} failure=${failure}/></div>`}
        <button type="submit" class="primary" disabled=${busy}>${busy ? 'Signing in…' : 'Sign in'}</button>
    </form></main>`;
}
