// jxapi's simulator for tests in node. It needs nothing but node, and a jxapid.
//
//   const simulator = await Simulator.start({ world: 'laptop' })
//   const session = await simulator.login()
//   await simulator.fault({ api: 'VM.start', fault: 'drop-after' })
//
// The program is jxapid, unless the variable JXAPID of the environment names another one.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A failure that the XenAPI reports, with its code and parameters. */
export class XapiError extends Error {
  constructor(code, params) {
    super([code, ...params].join(', '))
    this.code = code
    this.params = params
  }
}

export class Simulator {
  /** A daemon that runs already. The URL is that of plain HTTP, without a slash at its end. */
  constructor(url, token, password) {
    Object.assign(this, { url, token, password })
  }

  /** Starts a jxapid of its own, with these options in addition; close() ends it. */
  static async start({ world, options = [] } = {}) {
    const folder = await mkdtemp(join(tmpdir(), 'xenapi'))
    const data = join(folder, 'data')
    const log = await open(join(folder, 'log'), 'w')
    const args = ['--hypervisor', 'simulator', '--data-dir', data, '--http', '127.0.0.1:0', '--https', 'off', '--nbd', 'off']
    args.push('--unix-socket', join(folder, 'socket'), '--simulator-delays', 'off')
    if (world !== undefined) {
      args.push('--simulator-world', world)
    }
    const jxapid = spawn(process.env.JXAPID ?? 'jxapid', [...args, ...options], { stdio: ['ignore', 'pipe', log.fd] })
    const ended = once(jxapid, 'exit')
    const lines = createInterface(jxapid.stdout)
    const [ready] = await Promise.race([once(lines, 'line'), ended.then(() => [])])
    await log.close()
    if (!ready?.toString().includes(' ready: ')) {
      jxapid.kill()
      throw new Error('jxapid did not start: ' + (await readFile(join(folder, 'log'), 'utf8')))
    }
    const secret = async name => (await readFile(join(data, name), 'utf8')).split('\n')[0]
    const url = ready.split(' ').find(word => word.startsWith('http://'))
    const started = new Simulator(url, await secret('simulator-token'), await secret('root-password'))
    started.close = async () => {
      jxapid.kill()
      await ended
      await rm(folder, { recursive: true, force: true })
    }
    return started
  }

  /** Sends a request below /simulator. */
  async send(method, path, order) {
    const answer = await fetch(this.url + '/simulator' + path, {
      method,
      headers: { authorization: 'Bearer ' + this.token, connection: 'close' },
      body: order === undefined ? undefined : JSON.stringify(order),
    })
    if (!answer.ok) {
      throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    }
    return answer.json()
  }

  fault(fault) {
    return this.send('POST', '/faults', fault)
  }

  order(order) {
    return this.send('POST', '/orders', order)
  }

  endSessions() {
    return this.send('POST', '/sessions/end')
  }

  reset() {
    return this.send('POST', '/reset', {})
  }

  /** Calls a message of the XenAPI. Throws an XapiError, or another error when there is no answer. */
  async call(method, ...params) {
    const answer = await fetch(this.url + '/jsonrpc', {
      method: 'POST',
      headers: { connection: 'close' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    })
    const { result, error } = await answer.json()
    if (error) {
      throw new XapiError(error.message, error.data)
    }
    return result
  }

  /** The reference of a new session. */
  login() {
    return this.call('session.login_with_password', 'root', this.password, '1.0', 'example')
  }
}
