// The page's one script: read-outs, group picking, switches, copying. Without it everything can be read.

enum PageScript {
    static let source = """
        (function(){'use strict';
        function all(selector,root){return Array.prototype.slice.call((root||document).querySelectorAll(selector))}
        function make(id,role){var e=document.createElement('div');e.id=id;e.setAttribute(role[0],role[1]);document.body.appendChild(e);return e}
        var hiddenNames={},tips=new WeakMap(),tip=make('tip',['aria-hidden','true']),live=make('live',['role','status']);
        tip.hidden=true;
        all('[data-needs-script]').forEach(function(e){e.hidden=false});
        // Our own read-out takes the place of the browser's, which comes late and never on a touch screen.
        all('svg .hover').forEach(function(e){var t=e.querySelector(':scope > title');if(t){tips.set(e,t.textContent);e.removeChild(t)}});
        function text(e){return tips.get(e).split('\\n').filter(function(line){
          var at=line.lastIndexOf(': ');return at<0||!hiddenNames[line.slice(0,at)]}).join('\\n')}
        function show(e,x,y){tip.textContent=text(e);tip.hidden=false;
          var w=tip.offsetWidth,h=tip.offsetHeight,top=y-h-14;
          tip.style.left=Math.max(4,Math.min(x+14,innerWidth-w-4))+'px';
          tip.style.top=(top<4?Math.min(y+18,innerHeight-h-4):top)+'px'}
        var lit=null;
        function light(e){if(lit===e){return}if(lit){lit.classList.remove('lit')}lit=e;if(e){e.classList.add('lit')}}
        function hide(){tip.hidden=true;light(null)}
        document.addEventListener('pointermove',function(e){var mark=e.target.closest&&e.target.closest('.hover');
          if(mark&&tips.has(mark)){light(mark);show(mark,e.clientX,e.clientY)}else{hide()}});
        document.addEventListener('scroll',hide,{passive:true});
        document.addEventListener('focusout',hide);
        document.addEventListener('keydown',function(e){
          if(e.key==='Escape'){hide();return}
          var chart=document.activeElement,step={ArrowRight:1,ArrowLeft:-1}[e.key];
          if(!chart||chart.tagName.toLowerCase()!=='svg'||!step){return}
          var marks=all('.hover',chart).filter(function(m){return tips.has(m)&&!m.closest('.off')});
          if(!marks.length){return}
          e.preventDefault();
          var at=(Number(chart.dataset.at===undefined?(step>0?-1:0):chart.dataset.at)+step+marks.length)%marks.length;
          chart.dataset.at=at;
          var box=marks[at].getBoundingClientRect();light(marks[at]);
          show(marks[at],box.left+box.width/2,box.top+Math.min(24,box.height/2));live.textContent=text(marks[at])});
        all('input[data-toggle-group]').forEach(function(box){function apply(){
            hiddenNames[box.dataset.name]=!box.checked;
            all('[data-group="'+box.dataset.toggleGroup+'"]').forEach(function(e){e.classList.toggle('off',!box.checked)})}
          box.addEventListener('change',function(){apply();hide();
            live.textContent=box.dataset.name+(box.checked?' shown':' hidden')});
          if(!box.checked){apply()}});
        all('select[data-chooses]').forEach(function(list){function choose(){hide();
            all('[data-choice="'+list.dataset.chooses+'"]').forEach(function(e){e.hidden=e.dataset.value!==list.value})}
          list.addEventListener('change',choose);
          // A figure that lacks the choice goes on showing what it has.
          choose()});
        all('button[data-copies]').forEach(function(button){button.addEventListener('click',function(){
          var pre=document.getElementById(button.dataset.copies);
          function done(){live.textContent='copied';button.textContent='Copied';
            setTimeout(function(){button.textContent='Copy as CSV'},1500)}
          function select(){var range=document.createRange(),now=getSelection();range.selectNodeContents(pre);
            now.removeAllRanges();now.addRange(range);if(document.execCommand('copy')){done()}else{live.textContent='selected'}}
          if(navigator.clipboard&&isSecureContext){navigator.clipboard.writeText(pre.textContent).then(done,select)}else{select()}})});
        })();
        """
}
