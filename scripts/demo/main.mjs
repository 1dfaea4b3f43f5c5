// Does tsvisor survive the incident? Plays it four ways on examples/ci with real kills; exits 1 if a promise broke.

import { spawnSync } from 'node:child_process';
import { closeAllSandboxes, closeOnSignals } from '../observe/sandbox.mjs';
import { SCENES } from './scenes.mjs';
import { isBuilt, raiseStage } from './stage.mjs';
import { ending, promise, remark, title } from './timeline.mjs';

const introduce = (reply) => {
  const { supervisor, processes } = reply;
  const { guardian } = supervisor;
  title('tsvisor on examples/ci: two workers, each with a child and a stray that left the session');
  remark(
    `guardian ${guardian.state} (pid ${guardian.pid}, score ${guardian.score}); supervisor pid ${supervisor.pid}`,
  );
  remark(
    `members are held by ${supervisor.containment}; memory limits: ${supervisor.memoryController ?? 'none'}`,
  );
  for (const { name, pid, score, members } of processes)
    remark(`${name}: pid ${pid}, ${members} members, score ${score?.effective} (asked: ${score?.requested})`);
};

const play = async (stage) => {
  introduce(await stage.running());
  let kept = true;
  for (const scene of SCENES) {
    title(scene.title);
    for (const [isKept, text] of await scene.play(stage)) {
      promise(isKept, text);
      kept &&= isKept;
    }
  }
  return kept;
};

/** Nothing may be left of an orderly end either. */
const leave = async (stage) => {
  title('The end');
  await stage.stop();
  const left = stage.residents();
  promise(
    left.length === 0,
    left.length === 0 ? 'tsvisor has stopped and left no process' : `${left.length} processes left`,
  );
  return left.length === 0;
};

const main = async () => {
  const stage = await raiseStage();
  const kept = await play(stage);
  const left = await leave(stage);
  await stage.close();
  ending(kept && left, kept && left ? 'Every promise was kept.' : 'A promise was broken.');
  return kept && left ? 0 : 1;
};

delete process.env['NODE_EXTRA_CA_CERTS'];
if (!isBuilt()) spawnSync('npm', ['run', 'build'], { stdio: 'inherit' });
closeOnSignals();
try {
  process.exitCode = await main();
} catch (error) {
  ending(false, `The demo cannot go on: ${error.stderr || error.message}`);
  process.exitCode = 1;
} finally {
  await closeAllSandboxes();
}
